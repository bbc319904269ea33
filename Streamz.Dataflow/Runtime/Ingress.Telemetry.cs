using System.Diagnostics;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>How elements enter while somebody listens to their trace or to latencies.</summary>
internal sealed partial class Ingress<T>
{
    private static bool IsWatched => StreamzMeter.MeasuresLatency || StreamzActivitySource.IsToBeContinued;

    private async ValueTask EmitWatchedAsync(T value, CancellationToken cancellation)
    {
        using var emit = StartEmit();
        await PutAsync(new Element<T>(value, CreateContext(emit)), emit, cancellation).ConfigureAwait(false);
    }

    private async ValueTask EmitTracedAsync(T value, IDeliveryObserver observer, CancellationToken cancellation)
    {
        using var emit = StartEmit();
        await PutAsync(new Element<T>(value, _run.Tickets.Issue(this, observer, 0, _run.Trace(emit))), emit, cancellation).ConfigureAwait(false);
    }

    private async ValueTask EmitTracedAsync(T value, Action<Delivery> onSettled, CancellationToken cancellation)
    {
        using var emit = StartEmit();
        await PutAsync(new Element<T>(value, _run.Tickets.Issue(this, onSettled, _run.Trace(emit))), emit, cancellation).ConfigureAwait(false);
    }

    private bool TryEmitWatched(T value)
    {
        using var emit = StartEmit();
        var element = new Element<T>(value, CreateContext(emit));
        var isTaken = false;
        try
        {
            isTaken = port.TryEmit(element, this);
        }
        finally
        {
            if (!isTaken)
            {
                element.Context?.Withdraw();
            }
        }

        return isTaken;
    }

    // The activity lasts until the element is accepted: the wait for a place is seen.
    private async ValueTask PutAsync(Element<T> element, Activity? emit, CancellationToken cancellation)
    {
        try
        {
            await port.EmitAsync(element, this, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            StreamzActivitySource.Fail(emit, failure);
            throw;
        }
    }

    private Activity? StartEmit() => StreamzActivitySource.StartEmit(_run.PipelineName, node.NodeName);

    private ElementContext? CreateContext(Activity? emit)
    {
        var trace = _run.Trace(emit);
        return StreamzMeter.MeasuresLatency ? _run.Tickets.Issue(this, observer: null, 0, trace)
            : trace == default ? null
            : new TraceContext(trace);
    }
}
