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
    private readonly AskAhead _ahead;

    internal ClusterStream(ICluster cluster, Stream<ClusterValue<T>> values, AskAhead? ahead = null)
    {
        Cluster = cluster;
        _values = values;
        _ahead = ahead ?? new AskAhead(cluster);
    }

    /// <summary>The cluster that the values are on.</summary>
    public ICluster Cluster { get; }

    /// <inheritdoc/>
    public Node Node => _values.Node;

    /// <summary>The text of the node, for example <c>map Increment</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _values.ToString();

    /// <summary>Applies a node that makes values on the cluster.</summary>
    internal ClusterStream<TOut> Then<TOut>(Func<AskAhead, OperatorNode<ClusterValue<T>, ClusterValue<TOut>>> node, NodeOptions? options)
    {
        var ahead = new AskAhead(Cluster);
        return new ClusterStream<TOut>(Cluster, _values.Then(node(ahead), options), ahead);
    }

    /// <summary>Takes the values back.</summary>
    /// <param name="node">The node that does.</param>
    /// <param name="askAhead">Whether values are asked for as soon as they are to be.</param>
    /// <param name="options">The options of the node.</param>
    internal Stream<T> Gather(OperatorNode<ClusterValue<T>, T> node, bool askAhead, NodeOptions? options)
    {
        var gathered = _values.Then(node, options);
        if (askAhead)
        {
            _ahead.TurnOn();
        }

        return gathered;
    }

    /// <summary>Applies an operator that lets every value pass, in its order.</summary>
    internal ClusterStream<T> Pass(Func<Stream<ClusterValue<T>>, Stream<ClusterValue<T>>> apply) => new(Cluster, apply(_values), _ahead);

    /// <summary>Applies an operator that needs the order and the time of the values, but not the values themselves.</summary>
    internal ClusterStream<TOut> Apply<TOut>(Func<Stream<ClusterValue<T>>, AskAhead, Stream<ClusterValue<TOut>>> apply)
    {
        var ahead = new AskAhead(Cluster);
        return new ClusterStream<TOut>(Cluster, apply(_values, ahead), ahead);
    }

    /// <summary>Applies an operator that makes groups of values.</summary>
    internal ClusterStream<IReadOnlyList<T>> Group(Func<Stream<ClusterValue<T>>, Stream<IReadOnlyList<ClusterValue<T>>>> group)
    {
        var cluster = Cluster;
        return Apply((values, ahead) => group(values).Then(
            ClusterNode.Submitting(
                "collect",
                ahead,
                static (IReadOnlyList<ClusterValue<T>> members) => members.Count > 0 ? members[0] : null,
                (members, _) => cluster.Collect(members)),
            null));
    }

    /// <summary>Pairs values with those of another stream, and makes one value of each pair.</summary>
    internal ClusterStream<(T First, TOther Second)> Pair<TOther>(
        ClusterStream<TOther> other,
        Func<Stream<ClusterValue<T>>, Stream<ClusterValue<TOther>>, Stream<(ClusterValue<T> First, ClusterValue<TOther> Second)>> pair)
    {
        ArgumentNullException.ThrowIfNull(other);
        RequireSameCluster(other, nameof(other));
        var cluster = Cluster;
        var function = new ClusterFunction<T, TOther, (T First, TOther Second)>("combine", ClusterFunctions.Pair);
        cluster.Prepare(function);
        return Apply((values, ahead) => pair(values, other._values).Then(
            ClusterNode.Submitting(
                "combine",
                ahead,
                static ((ClusterValue<T> First, ClusterValue<TOther> Second) both) => both.First,
                (both, aborted) => cluster.Submit(function, both.First, both.Second, aborted)),
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
        var pair = new ClusterFunction<T, TSecond, (T First, TSecond Second)>("combine", ClusterFunctions.Pair);
        var triple = new ClusterFunction<(T First, TSecond Second), TThird, (T First, TSecond Second, TThird Third)>("combine", ClusterFunctions.Triple);
        cluster.Prepare(pair);
        cluster.Prepare(triple);
        return Apply((values, ahead) => join(values, second._values, third._values).Then(
            ClusterNode.Submitting(
                "combine",
                ahead,
                static ((ClusterValue<T> First, ClusterValue<TSecond> Second, ClusterValue<TThird> Third) all) => all.First,
                (all, aborted) =>
                {
                    var both = cluster.Submit(pair, all.First, all.Second, aborted);
                    var combined = cluster.Submit(triple, both, all.Third, aborted);
                    both.Release();
                    return combined;
                }),
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
