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
    /// <param name="name">The name of the operator.</param>
    /// <param name="ahead">Asks for the values, if they will be gathered.</param>
    /// <param name="origin">The value whose element the new one belongs to; null if there is none.</param>
    /// <param name="submit">Has the value made.</param>
    /// <param name="details">What the text of the node says besides the name.</param>
    public static OperatorNode<TIn, ClusterValue<TOut>> Submitting<TIn, TOut>(
        string name, AskAhead ahead, Func<TIn, ClusterValue?> origin, Func<TIn, CancellationToken, ClusterValue<TOut>> submit, string? details = null) =>
        new(name, () => new SubmitStage<TIn, TOut>(ahead, origin, submit))
        {
            Details = details,
            InputsPerOutput = 1,
            TimeoutObjection = TimeoutObjection,
            Objection = ahead.ObjectionTo<TOut>,
        };

    /// <summary>A node that asks the workers something about each value, and goes on in order with the answers.</summary>
    public static OperatorNode<ClusterValue<T>, (ClusterValue<T> Value, TAnswer Answer)> Asking<T, TAnswer>(
        string name, ICluster cluster, ClusterFunction<T, TAnswer> question, int maxOutstanding, string? details)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxOutstanding, 1);
        cluster.Prepare(question);
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
            Objection = () => cluster.Objection(typeof(TAnswer)),
        };

        async ValueTask<(ClusterValue<T> Value, TAnswer Answer)> AskAsync(ClusterValue<T> value, CancellationToken aborted)
        {
            var answer = cluster.Submit(question, value, aborted);
            try
            {
                return (value, await cluster.GatherAsync(answer, aborted).ConfigureAwait(false));
            }
            finally
            {
                answer.Release();
            }
        }
    }

    private sealed class SubmitStage<TIn, TOut>(AskAhead ahead, Func<TIn, ClusterValue?> origin, Func<TIn, CancellationToken, ClusterValue<TOut>> submit)
        : LeasingStage<TIn, TOut>
    {
        internal override bool IsForwarding => true;

        public override ValueTask OnElementAsync(Element<TIn> element) =>
            PushAsync(element, ahead.For(submit(element.Value, Context.Aborted)), origin(element.Value)?.Lease);
    }
}
