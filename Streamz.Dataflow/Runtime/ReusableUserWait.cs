using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Runtime;

/// <summary>Waits for tasks of user code, one at a time, and makes no object for that.</summary>
/// <remarks>
/// It counts as <see cref="UserWait"/> does: the continuation is attached before the wait is counted, and takes the count back before anything goes on. Since
/// the next wait may begin while whoever began this one has not counted it yet, each has a number, and only the present one is counted.
/// </remarks>
internal sealed class ReusableUserWait
{
    private const long Ended = 0;

    private readonly IUserWaits _waits;
    private readonly Action _resume;
    private Action? _continuation;
    private long _number;

    // Twice the number of the wait, plus one if it is counted.
    private long _state = Ended;

    public ReusableUserWait(IUserWaits waits)
    {
        _waits = waits;
        _resume = Resume;
    }

    /// <summary>Waits for a task; to be awaited at once.</summary>
    public Awaitable<TResult> For<TResult>(ValueTask<TResult> task) => new(this, task.GetAwaiter());

    private void Attach<TAwaiter>(TAwaiter awaiter, Action continuation)
        where TAwaiter : ICriticalNotifyCompletion
    {
        var attached = 2 * ++_number;
        _continuation = continuation;
        Volatile.Write(ref _state, attached);
        awaiter.UnsafeOnCompleted(_resume);
        if (Interlocked.CompareExchange(ref _state, attached + 1, attached) == attached)
        {
            _waits.BeginUserWait();
        }
    }

    private void Resume()
    {
        var continuation = _continuation!;
        if ((Interlocked.Exchange(ref _state, Ended) & 1) == 1)
        {
            _waits.EndUserWait();
        }

        continuation();
    }

    /// <summary>One wait.</summary>
    public readonly struct Awaitable<TResult>(ReusableUserWait wait, ValueTaskAwaiter<TResult> awaiter) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => awaiter.IsCompleted;

        public Awaitable<TResult> GetAwaiter() => this;

        public TResult GetResult() => awaiter.GetResult();

        public void OnCompleted(Action continuation) => throw new NotSupportedException();

        public void UnsafeOnCompleted(Action continuation) => wait.Attach(awaiter, continuation);
    }
}
