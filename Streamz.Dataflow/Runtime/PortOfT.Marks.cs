namespace Streamz.Dataflow.Runtime;

/// <summary>The side of a port that tells when everything accepted up to a moment is through.</summary>
internal sealed partial class Port<T>
{
    private readonly List<Mark> _marks = [];
    private int _marked;

    public override void CountProcessed()
    {
        if (_dispatcher is null)
        {
            _taker.Processed++;
        }
        else
        {
            Interlocked.Increment(ref _taker.Processed);
        }
    }

    public override void ReachMarksIfAny()
    {
        if (Volatile.Read(ref _marked) > 0)
        {
            ReachMarks();
        }
    }

    public override Task WhenProcessedAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Segment.Gate)
        {
            // What waits now will be accepted next, in order, before anything that comes later.
            _marks.Add(new Mark(done, _queued) { Until = _senders.Accepted + _waiting });
            Interlocked.Increment(ref _marked);
        }

        ReachMarks();
        return done.Task;
    }

    private void ReachMarks()
    {
        lock (Segment.Gate)
        {
            for (var i = _marks.Count - 1; i >= 0; i--)
            {
                if (Volatile.Read(ref _taker.Processed) >= _marks[i].Until)
                {
                    _marks[i].Done.TrySetResult();
                    _marks.RemoveAt(i);
                    Interlocked.Decrement(ref _marked);
                }
            }
        }
    }

    /// <summary>Somebody waits until this many elements are processed. Guarded by the gate.</summary>
    private sealed class Mark(TaskCompletionSource done, long lastWaiter)
    {
        public TaskCompletionSource Done { get; } = done;

        /// <summary>The last waiter that is counted in <see cref="Until"/>.</summary>
        public long LastWaiter { get; } = lastWaiter;

        public long Until { get; set; }
    }
}
