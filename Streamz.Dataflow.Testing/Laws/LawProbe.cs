namespace Streamz.Dataflow.Testing;

/// <summary>
/// What the delegates of the operator under test call, so that a law can count the calls and make one of them fail or hang.
/// Safe for concurrent callers.
/// </summary>
/// <typeparam name="TOut">The type of what the operator gives, or of what the sink under test writes.</typeparam>
public sealed class LawProbe<TOut>
{
    private readonly Lock _gate = new();
    private readonly List<TOut> _outputs = [];
    private TaskCompletionSource? _shut;
    private int _calls;
    private int _writes;
    private int _strays;

    internal LawProbe()
    {
    }

    /// <summary>Which call of a delegate throws <see cref="Failure"/>; negative for none.</summary>
    internal int FailAtCall { get; set; } = -1;

    /// <summary>Which write of the suite's own sink throws <see cref="Failure"/>; negative for none.</summary>
    internal int FailAtWrite { get; set; } = -1;

    internal Exception Failure { get; set; } = new LawTestException();

    /// <summary>Whether delegates, too, wait at the gate, and not only the suite's own sink.</summary>
    internal bool DelegatesWait { get; set; }

    /// <summary>Whether the calls of asynchronous delegates go away from the calling thread now and then.</summary>
    internal bool Yields { get; set; } = true;

    /// <summary>The name of the thread that everything is to be called on; null for any. The suite's own sink goes away from it at every second write.</summary>
    internal string? Thread { get; set; }

    /// <summary>How many calls came on another thread.</summary>
    internal int Strays => Volatile.Read(ref _strays);

    /// <summary>Counts a call of a synchronous delegate.</summary>
    public void Enter()
    {
        CheckThread();
        if (Interlocked.Increment(ref _calls) - 1 == FailAtCall)
        {
            throw Failure;
        }
    }

    /// <summary>Counts a call of an asynchronous delegate, and waits if the law wants it to hang.</summary>
    /// <param name="cancellationToken">The token that the delegate was given, if it was given one.</param>
    /// <returns>A task that completes when the delegate may go on.</returns>
    public async ValueTask EnterAsync(CancellationToken cancellationToken = default)
    {
        CheckThread();
        var call = Interlocked.Increment(ref _calls) - 1;
        if (Yields && call % 2 == 1)
        {
            await Task.Yield();
        }

        if (DelegatesWait)
        {
            await PassGateAsync(cancellationToken).ConfigureAwait(false);
        }

        if (call == FailAtCall)
        {
            throw Failure;
        }
    }

    /// <summary>For a sink under test whose delegate is synchronous: counts the call and notes the value.</summary>
    /// <param name="value">The value that was written.</param>
    public void Write(TOut value)
    {
        Enter();
        Note(value);
    }

    /// <summary>For a sink under test whose delegate is asynchronous: counts the call, waits if it is to hang, and notes the value.</summary>
    /// <param name="value">The value that was written.</param>
    /// <param name="cancellationToken">The token that the delegate was given, if it was given one.</param>
    /// <returns>A task that completes when the value is written.</returns>
    public async ValueTask WriteAsync(TOut value, CancellationToken cancellationToken = default)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        Note(value);
    }

    /// <summary>Makes everybody wait who comes to the gate, until <see cref="OpenGate"/>.</summary>
    internal void ShutGate() => Volatile.Write(ref _shut, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    internal void OpenGate() => Volatile.Read(ref _shut)?.TrySetResult();

    internal ValueTask WriteOfSuiteAsync(TOut value, CancellationToken cancellation)
    {
        CheckThread();
        if (Thread is not null && Volatile.Read(ref _writes) % 2 == 0)
        {
            return WriteElsewhereAsync(value);
        }

        if (Volatile.Read(ref _shut) is { Task.IsCompleted: false })
        {
            return WriteSlowlyAsync(value, cancellation);
        }

        NoteOrFail(value);
        return default;
    }

    /// <summary>What was written so far.</summary>
    internal List<TOut> Outputs()
    {
        lock (_gate)
        {
            return [.. _outputs];
        }
    }

    private async ValueTask WriteSlowlyAsync(TOut value, CancellationToken cancellation)
    {
        await PassGateAsync(cancellation).ConfigureAwait(false);
        NoteOrFail(value);
    }

    private async ValueTask WriteElsewhereAsync(TOut value)
    {
        await Task.Run(static () => { }).ConfigureAwait(false);
        NoteOrFail(value);
    }

    private void CheckThread()
    {
        if (Thread is not null && System.Threading.Thread.CurrentThread.Name != Thread)
        {
            Interlocked.Increment(ref _strays);
        }
    }

    private void NoteOrFail(TOut value)
    {
        if (Interlocked.Increment(ref _writes) - 1 == FailAtWrite)
        {
            throw Failure;
        }

        Note(value);
    }

    private Task PassGateAsync(CancellationToken cancellation) => Volatile.Read(ref _shut)?.Task.WaitAsync(cancellation) ?? Task.CompletedTask;

    private void Note(TOut value)
    {
        lock (_gate)
        {
            _outputs.Add(value);
        }
    }
}

/// <summary>What a law makes a delegate throw.</summary>
internal sealed class LawTestException() : Exception("thrown by the laws suite");
