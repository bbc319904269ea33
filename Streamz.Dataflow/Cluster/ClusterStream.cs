using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>
/// A stream whose values are on the workers of a cluster, between <c>Scatter</c> and <c>Gather</c>. Only what can run there is offered:
/// everything else does not compile.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class ClusterStream<T> : IStream
{
    private readonly Stream<ClusterValue<T>> _values;

    internal ClusterStream(ICluster cluster, Stream<ClusterValue<T>> values)
    {
        Cluster = cluster;
        _values = values;
    }

    /// <summary>The cluster that the values are on.</summary>
    public ICluster Cluster { get; }

    /// <inheritdoc/>
    public Node Node => _values.Node;

    /// <summary>The text of the node, for example <c>map Increment</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _values.ToString();

    internal ClusterStream<TOut> Then<TOut>(OperatorNode<ClusterValue<T>, ClusterValue<TOut>> node, NodeOptions? options) =>
        new(Cluster, _values.Then(node, options));

    internal Stream<T> Gather(OperatorNode<ClusterValue<T>, T> node, NodeOptions? options) => _values.Then(node, options);

    /// <summary>Applies an operator that needs the order and the time of the values, but not the values themselves.</summary>
    internal ClusterStream<T> Apply(Func<Stream<ClusterValue<T>>, Stream<ClusterValue<T>>> apply) => new(Cluster, apply(_values));

    internal ClusterStream<T> Merge(IEnumerable<ClusterStream<T>> others, NodeOptions? options) =>
        new(Cluster, _values.Union(options, [.. others.Select(other => other._values)]));
}
