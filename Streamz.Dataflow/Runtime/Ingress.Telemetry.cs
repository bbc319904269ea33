using System.Diagnostics;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>How elements enter while somebody listens to traces or latencies.</summary>
internal sealed partial class Ingress<T>
{
    private static bool IsWatched => StreamzActivitySource.IsListenedTo || StreamzMeter.MeasuresLatency;

    // The activity lasts until the element is accepted: the wait for a place is seen.
    private async ValueTask EmitWatchedAsync(T value, CancellationToken cancellation)
    {
        using var emit = StartEmit();
        await port.EmitAsync(new Element<T>(value, CreateContext(emit)), this, cancellation).ConfigureAwait(false);
    }

    private async ValueTask EmitTracedAsync(T value, IDeliveryObserver observer, CancellationToken cancellation)
    {
        using var emit = StartEmit();
        await port.EmitAsync(new Element<T>(value, _run.Tickets.Issue(this, observer, 0, Trace(emit))), this, cancellation).ConfigureAwait(false);
    }

    private async ValueTask EmitTracedAsync(T value, Action<Delivery> onSettled, CancellationToken cancellation)
    {
        using var emit = StartEmit();
        await port.EmitAsync(new Element<T>(value, _run.Tickets.Issue(this, onSettled, Trace(emit))), this, cancellation).ConfigureAwait(false);
    }

    /// <summary>Continues the caller's trace; where there is none, none is begun, since it would be one for each element.</summary>
    private Activity? StartEmit() => Activity.Current is null ? null : StreamzActivitySource.StartEmit(_run.PipelineName, node.NodeName);

    private ActivityContext Trace(Activity? emit)
    {
        var trace = emit?.Context ?? StreamzActivitySource.Capture();
        if (trace != default)
        {
            _run.Trace();
        }

        return trace;
    }

    private ElementContext? CreateContext(Activity? emit)
    {
        var trace = Trace(emit);
        return StreamzMeter.MeasuresLatency ? _run.Tickets.Issue(this, observer: null, 0, trace)
            : trace == default ? null
            : new TraceContext(trace);
    }
}
