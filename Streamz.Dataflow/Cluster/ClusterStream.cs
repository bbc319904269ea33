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
    internal ClusterStream<TOut> Apply<TOut>(Func<Stream<ClusterValue<T>>, Stream<ClusterValue<TOut>>> apply) => new(Cluster, apply(_values));

    /// <summary>Applies an operator that makes groups of values.</summary>
    internal ClusterStream<IReadOnlyList<T>> Group(Func<Stream<ClusterValue<T>>, Stream<IReadOnlyList<ClusterValue<T>>>> group)
    {
        var cluster = Cluster;
        return Apply(values => group(values).Then(ClusterNode.Submitting("collect", (IReadOnlyList<ClusterValue<T>> members, CancellationToken _) => cluster.Collect(members)), null));
    }

    /// <summary>Pairs values with those of another stream, and makes one value of each pair.</summary>
    internal ClusterStream<TOut> Pair<TOther, TOut>(
        ClusterStream<TOther> other,
        Func<Stream<ClusterValue<T>>, Stream<ClusterValue<TOther>>, Stream<(ClusterValue<T> First, ClusterValue<TOther> Second)>> pair,
        Func<T, TOther, TOut> combine)
    {
        ArgumentNullException.ThrowIfNull(other);
        RequireSameCluster(other, nameof(other));
        var cluster = Cluster;
        var function = new ClusterFunction<T, TOther, TOut>("combine", (first, second, _) => new ValueTask<TOut>(combine(first, second)));
        return new ClusterStream<TOut>(cluster, pair(_values, other._values).Then(
            ClusterNode.Submitting(
                "combine",
                ((ClusterValue<T> First, ClusterValue<TOther> Second) both, CancellationToken aborted) => cluster.Submit(function, both.First, both.Second, aborted)),
            null));
    }

    /// <summary>Brings values together with those of two other streams, and makes one value of each three.</summary>
    internal ClusterStream<(T First, TSecond Second, TThird Third)> Triple<TSecond, TThird>(
        ClusterStream<TSecond> second,
        ClusterStream<TThird> third,
        Func<Stream<ClusterValue<T>>, Stream<ClusterValue<TSecond>>, Stream<ClusterValue<TThird>>, Stream<(ClusterValue<T> First, ClusterValue<TSecond> Second, ClusterValue<TThird> Third)>> join)
    {
        RequireSameCluster(second, nameof(second));
        RequireSameCluster(third, nameof(third));
        var cluster = Cluster;
        var pair = new ClusterFunction<T, TSecond, (T, TSecond)>("combine", static (one, two, _) => new ValueTask<(T, TSecond)>((one, two)));
        var triple = new ClusterFunction<(T, TSecond), TThird, (T First, TSecond Second, TThird Third)>(
            "combine", static (both, three, _) => new ValueTask<(T First, TSecond Second, TThird Third)>((both.Item1, both.Item2, three)));
        return new ClusterStream<(T First, TSecond Second, TThird Third)>(cluster, join(_values, second._values, third._values).Then(
            ClusterNode.Submitting(
                "combine",
                ((ClusterValue<T> First, ClusterValue<TSecond> Second, ClusterValue<TThird> Third) all, CancellationToken aborted) =>
                    cluster.Submit(triple, cluster.Submit(pair, all.First, all.Second, aborted), all.Third, aborted)),
            null));
    }

    /// <summary>Refuses a stream whose values are elsewhere.</summary>
    internal void RequireSameCluster<TOther>(ClusterStream<TOther> other, string parameter)
    {
        if (other.Cluster != Cluster)
        {
            throw new ArgumentException($"'{other}' is on another cluster than '{this}'. Gather it first.", parameter);
        }
    }

    internal ClusterStream<T> Merge(IEnumerable<ClusterStream<T>> others, NodeOptions? options) =>
        new(Cluster, _values.Union(options, [.. others.Select(other => other._values)]));
}
