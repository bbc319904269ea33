using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The scatter operator: from the pipeline to a cluster.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> an element stays in its place until a worker has it. <b>Completion:</b> ends with its
/// input. <b>Faults:</b> a value that cannot be serialised fails and meets the node's error policy.
/// </remarks>
public static class ScatterOperator
{
    /// <summary>Moves each element to a worker of a cluster.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="cluster">The cluster; it must outlive the pipeline.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of values on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="cluster"/> is null.</exception>
    public static ClusterStream<T> Scatter<T>(this Stream<T> stream, ICluster cluster, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(cluster);
        return new ClusterStream<T>(cluster, stream.Then(
            new OperatorNode<T, ClusterValue<T>>("scatter", () => new ScatterStage<T>(cluster))
            {
                IsBoundary = true,
                EntersCluster = true,
                MayWait = true,
                InputsPerOutput = 1,
                Objection = () => cluster.Objection(typeof(T)),
            },
            options));
    }

    private sealed class ScatterStage<T>(ICluster cluster) : LeasingStage<T, T>
    {
        public override async ValueTask OnElementAsync(Element<T> element)
        {
            var value = await Context.AwaitAsync(cluster.ScatterAsync(element.Value, Context.Aborted)).ConfigureAwait(true);
            await PushAsync(element, value, null).ConfigureAwait(true);
        }
    }
}
