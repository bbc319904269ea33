using Polly;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>How the delegates of a round fail, node by node, and which policies answer.</summary>
internal sealed class FaultPlan
{
    public const string Message = "planned fault";

    private readonly Random _random;
    private readonly bool _isCalm;
    private readonly bool _stops;
    private readonly List<NodeFaults> _nodes = [];

    public FaultPlan(Random random)
    {
        _random = random;
        var style = random.Next(4);
        _isCalm = style == 0;
        _stops = style == 1;
        Queues = _isCalm ? [] : [.. Enumerable.Range(0, random.Next(1, 4)).Select(number => new DeadLetterQueue().Named($"queue {number}"))];
        OnError = (_isCalm ? 9 : random.Next(8)) switch
        {
            0 => ErrorPolicy.Skip,
            1 => ErrorPolicy.DeadLetter(Queues[0]),
            _ => ErrorPolicy.Stop,
        };
    }

    /// <summary>The dead-letter queues. What is behind one may only use those after it. The last is for nodes that edits add.</summary>
    public IReadOnlyList<DeadLetterQueue> Queues { get; }

    /// <summary>The policy of the pipeline.</summary>
    public ErrorPolicy OnError { get; }

    public IReadOnlyList<NodeFaults> Nodes => _nodes;

    /// <summary>Whether a delegate has failed where that stops the pipeline.</summary>
    public bool HasStopped
    {
        get
        {
            lock (_nodes)
            {
                return _nodes.Exists(node => node.End == FaultEnd.Stop && node.GaveUp > 0);
            }
        }
    }

    /// <summary>Plans a node.</summary>
    /// <param name="canGiveUp">Whether the graph bears it that the node loses elements.</param>
    /// <param name="isSingle">Whether each element comes to the node once at most. Elsewhere nobody could say whose attempts are counted.</param>
    /// <param name="depth">The first queue that the node may use.</param>
    /// <param name="canHang">Whether the node has an asynchronous delegate with a time limit.</param>
    /// <param name="isAdded">Whether an edit adds it.</param>
    public NodeFaults Next(bool canGiveUp, bool isSingle, int depth, bool canHang = false, bool isAdded = false)
    {
        lock (_nodes)
        {
            var number = _nodes.Count;
            var node = _isCalm || _random.Next(4) == 0 ? new NodeFaults(number) : Plan(number, canGiveUp, isSingle, depth, canHang, isAdded);
            _nodes.Add(node);
            return node;
        }
    }

    public override string ToString() => _isCalm ? "no faults" : $"on error {OnError}, {Queues.Count} queues\n{string.Join('\n', _nodes.Where(node => node.Kind != FaultKind.None).Select(node => $"  {node}"))}";

    private NodeFaults Plan(int number, bool canGiveUp, bool isSingle, int depth, bool canHang, bool isAdded)
    {
        var retries = _random.Next(4);
        var kind = (FaultKind)_random.Next(1, canHang ? 5 : 4);
        var queue = _random.Next(depth, Math.Max(depth + 1, isAdded ? Queues.Count : Queues.Count - 1));
        queue = isAdded ? Math.Max(depth, Queues.Count - 1) : queue;
        if (isAdded && depth > 0 && OnError != ErrorPolicy.Stop)
        {
            // It would lead nodes whose policy is that of the pipeline back to where they are.
            queue = Queues.Count;
        }

        var (end, last) = End(depth, queue);
        if (!canGiveUp)
        {
            (end, last, retries) = (FaultEnd.Never, null, isSingle ? Math.Max(retries, 1) : retries);
        }

        // Two attempts that the plan has fail, and one that does not.
        var steps = retries == 0 ? last : last is null ? Retry(retries) : Retry(retries).Then(last);
        return new NodeFaults(number, kind, end, queue, retries, isSingle ? Math.Min(canGiveUp ? 2 : retries, 2) : 0, (uint)_random.Next(3, 60), steps);
    }

    private (FaultEnd End, ErrorPolicy? Policy) End(int depth, int queue)
    {
        if (_stops && _random.Next(5) == 0)
        {
            return (FaultEnd.Stop, ErrorPolicy.Stop);
        }

        var inherits = _random.Next(3) == 0;
        return inherits && OnError == ErrorPolicy.Skip ? (FaultEnd.Skip, null)
            : inherits && OnError != ErrorPolicy.Stop && depth == 0 && queue == 0 ? (FaultEnd.Letter, null)
            : queue < Queues.Count && _random.Next(3) > 0 ? (FaultEnd.Letter, _random.Next(3) == 0 ? DecideFor(queue) : ErrorPolicy.DeadLetter(Queues[queue]))
            : (FaultEnd.Skip, _random.Next(4) == 0 ? ErrorPolicy.Decide(_ => ErrorPolicy.Skip) : ErrorPolicy.Skip);
    }

    private ErrorPolicy DecideFor(int queue)
    {
        var letter = ErrorPolicy.DeadLetter(Queues[queue]);
        return ErrorPolicy.Decide(_ => letter, Queues[queue]);
    }

    private ErrorPolicy Retry(int retries) => _random.Next(4) switch
    {
        0 => ErrorPolicy.Retry(retries, TimeSpan.FromTicks(_random.Next(1, 20_000))),
        1 => ErrorPolicy.Retry(new ResiliencePipelineBuilder().AddRetry(new() { MaxRetryAttempts = retries, Delay = TimeSpan.Zero, ShouldHandle = arguments => new(arguments.Outcome.Exception is not null) }).Build()),
        2 => ErrorPolicy.Decide(failure => failure.Attempts <= retries ? ErrorPolicy.Retry(1) : ErrorPolicy.Stop.When(_ => false)),
        _ => ErrorPolicy.Retry(retries),
    };
}
