using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// The time that a delegate has for one element: gives it a token, and tells its end by that token from other failures. For one call
/// at a time.
/// </summary>
internal sealed class CallTimeout(NodeRun node, TimeSpan time) : IDisposable
{
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _aborts;
    private CancellationToken _outer;

    /// <summary>A call begins: its token, which is cancelled when the time has passed or the run is aborted.</summary>
    /// <param name="outer">A token that ends the call as well; null for that of the run.</param>
    public CancellationToken Begin(CancellationToken? outer = null)
    {
        Dispose();
        _outer = outer ?? node.Aborted;
        _source = new CancellationTokenSource(time, node.TimeProvider);
        _aborts = _outer.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
        return _source.Token;
    }

    /// <summary>Awaits a call that has begun, and ends it: what comes then is not on its account.</summary>
    public async ValueTask<TResult> RunAsync<TResult>(ValueTask<TResult> task)
    {
        try
        {
            return await UserWait.RunAsync(node.Segment.Flow, task).ConfigureAwait(true);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Awaits a call that has begun, and ends it.</summary>
    public async ValueTask RunAsync(ValueTask task)
    {
        try
        {
            await UserWait.RunAsync(node.Segment.Flow, task).ConfigureAwait(true);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>What to report for the failure of the last call: that its time has passed, if the call ended because of that.</summary>
    public Exception Explain(Exception failure) =>
        failure is OperationCanceledException && _source is { IsCancellationRequested: true } && !_outer.IsCancellationRequested
            ? new TimeoutException($"'{node.NodeName}' did not finish an element within {Duration.Text(time)}.", failure)
            : failure;

    /// <summary>Ends the present call, if any.</summary>
    public void Dispose()
    {
        _aborts.Dispose();
        _source?.Dispose();
    }
}
