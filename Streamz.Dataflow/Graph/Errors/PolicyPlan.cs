using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Errors;

/// <summary>All that a failure of one node may meet, in order: the policy of the node, that of the pipeline, and the end of the run.</summary>
internal sealed class PolicyPlan
{
    private PolicyPlan(IReadOnlyList<PolicyStep> steps)
    {
        Steps = steps;
        NeedsElement = steps.Any(step => step is RetryStep or DeadLetterStep or DecideStep);
        Repeats = steps.Any(step => step is RetryStep or DecideStep);
        var first = steps.TakeWhile(step => step is not (RetryStep or DecideStep)).Count();
        Around = first < steps.Count && steps[first] is PipelineRetry ? first : null;
    }

    public static PolicyPlan Stop { get; } = new(ErrorPolicy.Stop.Steps);

    public IReadOnlyList<PolicyStep> Steps { get; }

    /// <summary>Whether more has to be known of a failed element than that it failed, so that the node needs a guard of its own.</summary>
    public bool NeedsElement { get; }

    /// <summary>Whether a call of the node may be repeated.</summary>
    public bool Repeats { get; }

    /// <summary>The position of the ready pipeline that is around every call, if there is one.</summary>
    public int? Around { get; }

    public IEnumerable<DeadLetterQueue> Queues => Steps.SelectMany(step => step.Queues).Distinct();

    /// <summary>Puts what comes behind a policy behind it.</summary>
    /// <param name="own">The policy of a node; null if it has none.</param>
    /// <param name="behind">What the surroundings of the node say.</param>
    public static PolicyPlan Of(ErrorPolicy? own, PolicyPlan behind) =>
        own is null ? behind
        : own.TakesEverything ? new PolicyPlan(own.Steps)
        : new PolicyPlan([.. own.Steps, .. behind.Steps.Take(own.Steps.Count).SequenceEqual(own.Steps) ? behind.Steps.Skip(own.Steps.Count) : behind.Steps]);

    /// <summary>Puts a guard in front of an inlet, if the policy needs one.</summary>
    /// <param name="inlet">The inlet of a stage.</param>
    /// <param name="context">The context of the stage.</param>
    /// <param name="outlet">Where the stage pushes on: a call that has done so is not repeated.</param>
    public Inlet Guard(Inlet inlet, NodeContext context, Outlet? outlet) =>
        NeedsElement ? inlet.Accept(new GuardMaker(this, context, Repeats ? outlet : null)) : inlet;

    private sealed class GuardMaker(PolicyPlan plan, NodeContext context, Outlet? outlet) : IInletVisitor<Inlet>
    {
        public Inlet Visit<T>(Inlet<T> inlet) => new PolicyInlet<T>(inlet, plan, context, outlet) { Owner = context };
    }
}
