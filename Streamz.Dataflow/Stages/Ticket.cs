namespace Streamz.Dataflow.Stages;

/// <summary>
/// Follows everything made from one emitted value.
/// It has two moments: <em>delivered</em>, when nothing made from the value is in flight or still owed as output, and
/// <em>released</em>, when no operator's state holds it any more.
/// </summary>
/// <remarks>
/// Two counters, changed with interlocked operations from any thread: whoever takes a count holds one already, so
/// neither counter can rise again from a final zero, and each moment comes exactly once.
/// </remarks>
internal sealed class Ticket
{
    private readonly TaskCompletionSource<DeliveryOutcome> _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Ticket>? _onReleased;
    private readonly Lock _failuresGate = new();
    private List<Exception>? _failures;
    private int _owed = 1;
    private int _total = 1;
    private int _outcome;
    private int _settled;
    private int _heldByEmitter = 1;

    /// <summary>Makes a ticket that its emitter holds.</summary>
    /// <param name="onReleased">Called once when the ticket is released.</param>
    public Ticket(Action<Ticket>? onReleased = null) => _onReleased = onReleased;

    /// <summary>The neighbours in the registry of the run, which alone reads and writes them, under its lock.</summary>
    internal Ticket? Previous, Next;

    /// <summary>Completes when nothing made from the value is in flight or owed.</summary>
    public Task<DeliveryOutcome> Delivered => _delivered.Task;

    /// <summary>Completes when no state holds the value any more.</summary>
    public Task Released => _released.Task;

    /// <summary>The failures so far, in the order in which they were reported.</summary>
    public IReadOnlyList<Exception> Failures
    {
        get
        {
            lock (_failuresGate)
            {
                return _failures is null ? [] : [.. _failures];
            }
        }
    }

    /// <summary>Takes a count for something in flight or owed.</summary>
    public void Acquire()
    {
        Interlocked.Increment(ref _total);
        Interlocked.Increment(ref _owed);
    }

    /// <summary>Gives back what <see cref="Acquire"/> took.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _owed) == 0)
        {
            Settle();
        }

        ReleaseRetained();
    }

    /// <summary>Gives back the count that the ticket was made with, once.</summary>
    public void ReleaseByEmitter()
    {
        if (Interlocked.Exchange(ref _heldByEmitter, 0) == 1)
        {
            Release();
        }
    }

    /// <summary>Takes a count for state that keeps the value without owing output for it.</summary>
    public void Retain() => Interlocked.Increment(ref _total);

    /// <summary>Gives back what <see cref="Retain"/> took.</summary>
    public void ReleaseRetained()
    {
        if (Interlocked.Decrement(ref _total) == 0)
        {
            _released.TrySetResult();
            _onReleased?.Invoke(this);
        }
    }

    /// <summary>Notes a failure of the element, or of something made from it.</summary>
    /// <param name="failure">The failure.</param>
    public void Fail(Exception failure)
    {
        lock (_failuresGate)
        {
            (_failures ??= []).Add(failure);
        }

        Raise(DeliveryOutcome.Failed);
    }

    /// <summary>Raises the outcome to at least the given one.</summary>
    /// <param name="outcome">The outcome to note.</param>
    public void Raise(DeliveryOutcome outcome)
    {
        var seen = Volatile.Read(ref _outcome);
        while (seen < (int)outcome)
        {
            var before = Interlocked.CompareExchange(ref _outcome, (int)outcome, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>Settles the ticket of an element that is still held when the run is over.</summary>
    public void AbandonAtEnd()
    {
        // The emitter may not have come round to it yet, although everything made from its element is through.
        ReleaseByEmitter();
        if (Volatile.Read(ref _settled) == 0)
        {
            Raise(DeliveryOutcome.Abandoned);
            Settle();
        }

        _released.TrySetResult();
    }

    private void Settle()
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            _delivered.TrySetResult((DeliveryOutcome)Volatile.Read(ref _outcome));
        }
    }
}
