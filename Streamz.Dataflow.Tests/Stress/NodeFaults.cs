using System.Collections.Concurrent;

namespace Streamz.Dataflow.Tests.Stress;

internal enum FaultKind
{
    None,
    Exception,
    Cancellation,
    NullTask,

    /// <summary>Until the time limit of the node cancels it.</summary>
    Hang,
}

/// <summary>What becomes of an element that a node gives up.</summary>
internal enum FaultEnd
{
    Never,
    Skip,
    Letter,
    Stop,
}

/// <summary>On which elements the delegate of a node fails, how often, and what its policy makes of that: all known from the element.</summary>
internal sealed class NodeFaults(
    int number,
    FaultKind kind = FaultKind.None,
    FaultEnd end = FaultEnd.Never,
    int queue = 0,
    int retries = 0,
    int mostFailures = 0,
    uint everyNth = 1,
    ErrorPolicy? policy = null)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(2);

    private readonly ConcurrentDictionary<Item, int> _calls = new();
    private long _failures;
    private int _running;

    public int Number { get; } = number;

    public FaultKind Kind { get; } = kind;

    public FaultEnd End { get; } = end;

    public int Queue { get; } = queue;

    /// <summary>How many calls have failed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>How many elements were given up, each after all its attempts.</summary>
    public long GaveUp => _calls.Where(call => GivesUp(call.Key)).Sum(call => call.Value / (retries + 1));

    /// <summary>How many calls of the delegate have not ended.</summary>
    public int Running => Volatile.Read(ref _running);

    public NodeOptions Options(int? capacity = null, bool isNamed = true) => new()
    {
        Name = isNamed ? $"node {Number}" : null,
        Capacity = capacity,
        OnError = policy,
        Timeout = Kind == FaultKind.Hang ? s_limit : null,
    };

    public bool GivesUp(Item item) => End != FaultEnd.Never && FailuresOf(item) > retries;

    /// <summary>A synchronous delegate.</summary>
    public Item Check(Item item)
    {
        Interlocked.Increment(ref _running);
        try
        {
            if (Fails(item))
            {
                throw Kind == FaultKind.Cancellation ? new OperationCanceledException(FaultPlan.Message) : new InvalidOperationException(FaultPlan.Message);
            }

            return item;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>An asynchronous delegate, slow for some elements.</summary>
    public Task<Item> PauseAsync(Item item, CancellationToken cancellation)
    {
        var fails = Fails(item);
        return fails && Kind == FaultKind.NullTask ? null! : RunAsync();

        async Task<Item> RunAsync()
        {
            Interlocked.Increment(ref _running);
            try
            {
                await PassTimeAsync(item, fails, cancellation);
                return item;
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }
    }

    public override string ToString() => $"node {Number}: {Kind} one in {everyNth}, up to {mostFailures} times or for good, {retries} retries, then {End} {Queue}, policy {policy}";

    private async Task PassTimeAsync(Item item, bool fails, CancellationToken cancellation)
    {
        switch (item.Mix(Number) % 64)
        {
            case 0:
                // One with a time limit ignores its token, or nobody could say which elements fail.
                await Task.Delay(1, Kind == FaultKind.Hang ? CancellationToken.None : cancellation);
                break;
            case < 24:
                await Task.Yield();
                break;
            case < 28:
                await Task.Run(() => Thread.SpinWait(200), CancellationToken.None);
                break;
        }

        if (fails)
        {
            if (Kind == FaultKind.Hang)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            }

            throw Kind == FaultKind.Cancellation ? new OperationCanceledException(FaultPlan.Message) : new InvalidOperationException(FaultPlan.Message);
        }
    }

    private int FailuresOf(Item item) => (item.Mix(Number + 1_000) % everyNth) switch
    {
        _ when Kind == FaultKind.None => 0,
        0 when End != FaultEnd.Never => int.MaxValue,
        var failures => failures <= mostFailures ? (int)failures : 0,
    };

    private bool Fails(Item item)
    {
        var failures = FailuresOf(item);
        if (failures == 0 || _calls.AddOrUpdate(item, 1, (_, calls) => calls + 1) > failures)
        {
            return false;
        }

        Interlocked.Increment(ref _failures);
        return true;
    }
}
