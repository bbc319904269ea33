using System.Runtime.CompilerServices;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Errors;

/// <summary>
/// Stands in front of a stage whose policy needs its elements: makes the attempts, and has the policy settle what fails for good. What it returns never
/// fails.
/// </summary>
internal sealed class PolicyInlet<T>(Inlet<T> stage, PolicyPlan plan, NodeContext node, Outlet? outlet) : Inlet<T>
{
    private readonly bool _isInPipeline = plan.Around is not null;

    internal override bool NeverFails => true;

    private Inlet<T> Stage { get; } = stage;

    private NodeContext Node { get; } = node;

    private Outlet? Outlet { get; } = outlet;

    public override ValueTask OnElementAsync(Element<T> element)
    {
        // What the snapshot shows. An element is received once, however many attempts it takes.
        Stage.Received++;
        var pushed = Outlet?.Pushed ?? 0;
        if (_isInPipeline)
        {
            return new Course(this, element, pushed).RunAsync();
        }

        try
        {
            var pending = Stage.OnElementAsync(element);
            return pending.IsCompletedSuccessfully ? default : FinishAsync(pending, element, pushed);
        }
        catch (Exception failure)
        {
            return FailAsync(failure, element, pushed);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(ValueTask pending, Element<T> element, long pushed)
    {
        try
        {
            await pending.ConfigureAwait(true);
        }
        catch (Exception failure)
        {
            await FailAsync(failure, element, pushed).ConfigureAwait(true);
        }
    }

    private ValueTask FailAsync(Exception failure, Element<T> element, long pushed)
    {
        if (Node.IsEnd(failure))
        {
            Node.Discard(element.Context);
            return default;
        }

        return new Course(this, element, pushed).SettleAsync(Node.Explain(failure));
    }

    private sealed class Course(PolicyInlet<T> inlet, Element<T> element, long pushed) : NodeFailure(inlet.Node, element.Context)
    {
        protected override FailedElement Element => FailedElement.Of(element.Value);

        protected override bool MayRepeat => inlet.Outlet is not { Completed: true } && (inlet.Outlet?.Pushed ?? 0) == pushed;

        protected override async ValueTask AttemptAsync(CancellationToken? cancellation)
        {
            inlet.Node.CallToken = cancellation;
            try
            {
                await inlet.Stage.OnElementAsync(element).ConfigureAwait(true);
            }
            finally
            {
                inlet.Node.CallToken = null;
            }
        }
    }
}
