using System.Collections.Concurrent;

namespace Streamz.Dataflow.Tests.Runtime;

/// <summary>A synchronization context with one thread of its own, as a user interface has.</summary>
internal sealed class EventLoop : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posts = [];
    private readonly Thread _thread;
    private bool _ended;

    public EventLoop()
    {
        _thread = new Thread(Work) { IsBackground = true };
        _thread.Start();
    }

    public bool IsCurrent => Thread.CurrentThread == _thread;

    public override void Post(SendOrPostCallback d, object? state) => _posts.Add((d, state));

    public override SynchronizationContext CreateCopy() => this;

    public Task<T> RunAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            _ =>
            {
                try
                {
                    done.SetResult(function());
                }
                catch (Exception failure)
                {
                    done.SetException(failure);
                }
            },
            null);
        return done.Task;
    }

    /// <remarks>Posts stay possible, since a pipeline may still post while it ends.</remarks>
    public void Dispose() => Post(_ => _ended = true, null);

    private void Work()
    {
        SetSynchronizationContext(this);
        foreach (var (callback, state) in _posts.GetConsumingEnumerable())
        {
            callback(state);
            if (_ended)
            {
                return;
            }
        }
    }
}
