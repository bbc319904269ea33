using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The gather operator: from a cluster back to the pipeline.</summary>
/// <remarks>
/// <b>Order:</b> that in which the elements were scattered: a slow one holds back those behind it. <b>Buffering:</b> none; put a Buffer in front to
/// have several results outstanding. <b>Back-pressure:</b> waits for the value, then for downstream. <b>Completion:</b> ends with its input.
/// <b>Faults:</b> a <see cref="ClusterTaskException"/> that names the function and the worker fails the element and meets the node's error policy.
/// </remarks>
public static class GatherOperator
{
    /// <summary>Takes each value back from its worker.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="askAhead">
    /// Whether values that will come here are asked for as soon as they are to be, while those in front of them are still awaited. The order of the results is the
    /// same. The default is true; false is for values that are large, and few of which should be in this process at once.
    /// </param>
    /// <returns>The stream of values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static Stream<T> Gather<T>(this ClusterStream<T> stream, NodeOptions? options = null, bool askAhead = true)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var cluster = stream.Cluster;
        return stream.Gather(
            new OperatorNode<ClusterValue<T>, T>("gather", () => new MapAsyncStage<ClusterValue<T>, T>(cluster.GatherAsync)) { MayWait = true, InputsPerOutput = 1 },
            askAhead,
            options);
    }

    /// <summary>Takes values back from their workers in the order in which they are there: none is held back by a slow one in front of it.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="maxOutstanding">How many values are awaited at once; one or more. The default is 16.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxOutstanding"/> is less than one.</exception>
    public static Stream<T> GatherUnordered<T>(this ClusterStream<T> stream, int maxOutstanding = ClusterNode.DefaultMaxOutstanding, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxOutstanding, 1);
        var cluster = stream.Cluster;
        return stream.Gather(
            new OperatorNode<ClusterValue<T>, T>("gather", () => new ParallelStage<ClusterValue<T>, T>(cluster.GatherAsync), maxOutstanding, ordered: false)
            {
                MayWait = true,
                InputsPerOutput = 1,
                HasFixedParallelism = true,
            },
            askAhead: true,
            options);
    }
}
