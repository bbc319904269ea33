using System.Diagnostics;

namespace Streamz.Dataflow.Stages;

/// <summary>The context of an element that belongs to a trace, and that nobody follows.</summary>
internal sealed class TraceContext : ElementContext
{
    public TraceContext(ActivityContext trace) => Trace = trace;

    public override void Hold()
    {
    }

    public override void Release()
    {
    }

    public override void Retain()
    {
    }

    public override void ReleaseRetained()
    {
    }

    internal override void Fail(NodeFailedException failure)
    {
    }

    internal override void Raise(DeliveryOutcome outcome)
    {
    }

    private protected override void AddTicketsTo(HashSet<Ticket> tickets)
    {
    }
}
