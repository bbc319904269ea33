using Streamz.Dataflow.Graph.Errors;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Hosting;

/// <summary>What hosted stages need of the stage that hosts them.</summary>
/// <param name="context">The context of the stages.Host.</param>
/// <param name="stage">The stages.Host.</param>
internal sealed class StageHost(StageContext context, IStage stage)
{
    private readonly Dictionary<Node, PolicyPlan> _policies = [];

    public NodeContext Context { get; } = (NodeContext)context;

    public HostedTicks Ticks { get; } = new(context);

    /// <summary>
    /// When the element that is being pushed in arrived at the host; null once a stage has waited, since what it pushes on then arrives
    /// at the next one at that moment.
    /// </summary>
    public long? ArrivedAt { get; set; }

    /// <summary>What a failure of a hosted stage meets: the policy of its node, then that of its host. There may be very many stages of a node.</summary>
    public PolicyPlan PolicyOf(Node node)
    {
        if (!_policies.TryGetValue(node, out var plan))
        {
            _policies.Add(node, plan = PolicyPlan.Of(node.OnError, Context.Policy));
        }

        return plan;
    }

    /// <summary>Whether whatever the host pushes on is discarded, because the pipeline stops or nobody wants it.</summary>
    public bool IsHalted => stage.Outlet!.Halted || stage.Outlet.Completed || Context.IsHalted;
}
