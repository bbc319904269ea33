namespace Streamz.Dataflow.Tests.Parity;

/// <summary>A delegate of a sink or of a map whose calls end when the test says so.</summary>
internal sealed class GatedWriter<T>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, TaskCompletionSource> _open = [];
    private readonly List<T> _started = [];
    private readonly List<T> _finished = [];

    public IReadOnlyList<T> Started
    {
        get
        {
            lock (_gate)
            {
                return [.. _started];
            }
        }
    }

    public IReadOnlyList<T> Finished
    {
        get
        {
            lock (_gate)
            {
                return [.. _finished];
            }
        }
    }

    public async Task<T> CallAsync(T value)
    {
        TaskCompletionSource own = new();
        lock (_gate)
        {
            _open.Add(_started.Count, own);
            _started.Add(value);
        }

        await own.Task;
        lock (_gate)
        {
            _finished.Add(value);
        }

        return value;
    }

    public Task WriteAsync(T value) => CallAsync(value);

    /// <summary>
    /// Ends the oldest calls that are open, each as soon as there is one: an emitter outside the pipeline may still be on its way
    /// when the pipeline itself has settled.
    /// </summary>
    public void Finish(int count = 1)
    {
        for (; count > 0; count--)
        {
            EndCall(OldestOpen());
        }
    }

    /// <summary>Ends the call with this value; calls that run in parallel begin in any order.</summary>
    public void FinishCallOf(T value)
    {
        int call;
        lock (_gate)
        {
            call = _started.IndexOf(value);
        }

        EndCall(call);
    }

    private void EndCall(int call)
    {
        TaskCompletionSource? ended;
        lock (_gate)
        {
            if (!_open.Remove(call, out ended))
            {
                throw new InvalidOperationException("The call has not begun, or was ended before.");
            }
        }

        // On a thread of the pool, where what waits for the call goes on in place: when this returns, it has. A test thread may
        // have a context that keeps it from that.
        using ManualResetEventSlim done = new();
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                ended.SetResult();
                done.Set();
            },
            null);
        done.Wait();
    }

    private int OldestOpen()
    {
        int? oldest = null;
        SpinWait.SpinUntil(() => (oldest = FindOldestOpen()) is not null, TimeSpan.FromSeconds(20));
        return oldest ?? throw new InvalidOperationException("No call has begun for 20 seconds.");
    }

    private int? FindOldestOpen()
    {
        lock (_gate)
        {
            return _open.Count == 0 ? null : _open.Keys.Min();
        }
    }
}
