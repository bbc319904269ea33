using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The nodes that operators on a cluster are made of.</summary>
internal static class ClusterNode
{
    /// <summary>How many answers of workers an operator awaits at once that needs them to go on.</summary>
    public const int DefaultMaxOutstanding = 16;

    private const string TimeoutObjection = "workers call its function, beside the pipeline. End a call that takes too long inside the function";

    /// <summary>A node that has something made on the cluster, and goes on at once with what is to be.</summary>
    public static OperatorNode<TIn, TOut> Submitting<TIn, TOut>(string name, Func<TIn, CancellationToken, TOut> submit, string? details = null) =>
        new(name, () => new SubmitStage<TIn, TOut>(submit)) { Details = details, InputsPerOutput = 1, TimeoutObjection = TimeoutObjection };

    /// <summary>A node that asks the workers something about each value, and goes on in order with the answers.</summary>
    public static OperatorNode<ClusterValue<T>, (ClusterValue<T> Value, TAnswer Answer)> Asking<T, TAnswer>(
        string name, ICluster cluster, ClusterFunction<T, TAnswer> question, int maxOutstanding, string? details)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxOutstanding, 1);
        return new OperatorNode<ClusterValue<T>, (ClusterValue<T> Value, TAnswer Answer)>(
            name,
            () => new ParallelStage<ClusterValue<T>, (ClusterValue<T> Value, TAnswer Answer)>(AskAsync),
            maxOutstanding,
            ordered: true)
        {
            Details = details,
            MayWait = true,
            InputsPerOutput = 1,
            TimeoutObjection = TimeoutObjection,
        };

        async ValueTask<(ClusterValue<T> Value, TAnswer Answer)> AskAsync(ClusterValue<T> value, CancellationToken aborted) =>
            (value, await cluster.GatherAsync(cluster.Submit(question, value, aborted), aborted).ConfigureAwait(false));
    }

    private sealed class SubmitStage<TIn, TOut>(Func<TIn, CancellationToken, TOut> submit) : Stage<TIn, TOut>
    {
        internal override bool IsForwarding => true;

        public override ValueTask OnElementAsync(Element<TIn> element) => PushAsync(element.With(submit(element.Value, Context.Aborted)));
    }
}
