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
            var mark = new Mark(done);
            _marks.Add(mark);
            Interlocked.Increment(ref _marked);
            if (!_keepsOut)
            {
                Place(mark);
            }
        }

        ReachMarks();
        return done.Task;
    }

    /// <summary>What waits now will be accepted next, in order, before anything that comes later. Called under the gate, when nobody is kept out.</summary>
    private void Place(Mark mark) => (mark.LastWaiter, mark.Until) = (_queued, _senders.Accepted + _waiting);

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
    private sealed class Mark(TaskCompletionSource done)
    {
        public TaskCompletionSource Done { get; } = done;

        /// <summary>The last waiter that is counted in <see cref="Until"/>.</summary>
        public long LastWaiter { get; set; } = -1;

        /// <summary>The number; the largest there is as long as somebody is kept out, who will come first.</summary>
        public long Until { get; set; } = long.MaxValue;
    }
}
