namespace Streamz.Dataflow;

/// <summary>
/// A cluster whose workers may have no room for further elements, and take the state of an operator all the same: the elements that would make room may be waiting for it.
/// </summary>
internal interface IClusterStates
{
    /// <summary>Hands a state over to a worker, as <see cref="ICluster.ScatterAsync"/> does with an element, but waits for a worker only, and not for room on it.</summary>
    ValueTask<ClusterValue<T>> ScatterStateAsync<T>(T state, CancellationToken cancellationToken);
}
