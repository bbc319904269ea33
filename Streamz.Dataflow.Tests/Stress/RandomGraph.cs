using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>A graph of random shape, with what is to arrive at each of its sinks, whatever its nodes fail on.</summary>
internal sealed partial class RandomGraph
{
    /// <summary>More than an element can come to a node that edits lead it to.</summary>
    private const int Many = 1_000;

    private readonly Random _random;
    private readonly FaultPlan _faults;
    private readonly StreamOptions _options;
    private readonly StringBuilder _text = new();
    private readonly List<Branch> _branches = [];
    private readonly Dictionary<int, List<(Func<Item, int> Count, bool IsExact)>> _letters = [];
    private int _firstGrowing;
    private int _names;

    public RandomGraph(Random random, StreamOptions options, FaultPlan faults)
    {
        _random = random;
        _faults = faults;
        _options = options;
        Build();
    }

    public List<StreamSource<Item>> Sources { get; } = [];

    public ImmutableList<Recorder> Sinks { get; private set; } = [];

    /// <summary>Reads the sequences that the graph ends in, once the pipeline runs.</summary>
    public List<Func<Task>> Readers { get; } = [];

    /// <summary>What each operator that loses elements must account for, by its name in the snapshot: what it gave.</summary>
    public Dictionary<string, StrongBox<long>> Given { get; } = [];

    /// <summary>Whether elements may be held somewhere until the end.</summary>
    public bool Holds { get; private set; }

    /// <summary>Whether an operator may drop elements by its own rule.</summary>
    public bool Drops { get; private set; }

    /// <summary>Whether elements are put together somewhere, so that they share their fate.</summary>
    public bool Merges { get; private set; }

    /// <summary>Where elements are skipped, and how often each is there; if that is not exact, at most.</summary>
    public List<(Func<Item, int> Count, bool IsExact)> Skipped { get; } = [];

    public override string ToString() => _text.ToString();

    private void Build()
    {
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            Sources.Add(new StreamSource<Item>(_options));
        }

        for (var i = 0; i < Sources.Count; i++)
        {
            var source = i;
            _branches.Add(Note($"source {i}", new Branch($"s{i}", Sources[i], true, false, item => item.Source == source ? 1 : 0)));
        }

        if (Sources.Count > 1)
        {
            var all = Sources[0].Union(Sources.Skip(1).ToArray<Stream<Item>>());
            Known.Joins.Add((all, true, null));
            if (_random.Next(3) == 0)
            {
                // Sources that feed nothing else need no segment of their own, until an edit gives them one.
                _branches.RemoveRange(1, _branches.Count - 1);
            }

            _branches.Add(Note("union of sources", new Branch("u", all, true, false, _ => 1)));
        }

        GrowAndEnd(_random.Next(1, 9));
        for (var queue = 0; queue < _faults.Queues.Count; queue++)
        {
            var number = queue;
            var isLast = queue == _faults.Queues.Count - 1;
            var letters = _letters.GetValueOrDefault(queue, []);

            // What ends early keeps nodes in front of it from failing, too.
            if (_faults.Queues[queue].Node is DeadLetterNode { Feeders.Count: 0 })
            {
                // One that nothing may fail into is no part of the graph.
                Sources[0].Map(item => item, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(_faults.Queues[queue]) }).Sink(_ => { });
            }

            var items = _faults.Queues[queue].Map(letter => letter.ElementAs<Item>() with { Laps = 0 });
            _firstGrowing = _branches.Count;
            _branches.Add(Note($"letters of queue {number}", new Branch(
                "q",
                items,
                false,
                false,
                isLast ? _ => Many : item => letters.Sum(each => each.Count(item)),
                !isLast && !Drops && letters.TrueForAll(each => each.IsExact),
                false,
                queue + 1)));
            GrowAndEnd(_random.Next(3));
        }
    }

    private void GrowAndEnd(int steps)
    {
        var first = _firstGrowing;
        for (; steps > 0; steps--)
        {
            Grow();
        }

        foreach (var branch in _branches.Skip(first).ToList())
        {
            End(branch);
        }
    }

    private void Grow()
    {
        var at = _random.Next(_firstGrowing, _branches.Count);
        var grown = Append(_branches[at]);

        // Kept sometimes, so that the node gets several branches.
        if (_random.Next(3) == 0 && _branches.Count < _firstGrowing + 6)
        {
            _branches.Add(grown);
        }
        else
        {
            _branches[at] = grown;
        }
    }

    private Branch Append(Branch branch)
    {
        var kind = _random.Next(40);
        if (branch.IsAdded && kind is (14 or 38))
        {
            // What goes round is fixed while a graph runs.
            kind = 0;
        }

        var grown = kind switch
        {
            0 or 1 => Map(branch),
            2 => Filter(branch),
            3 or 4 => MapAsync(branch),
            5 or 6 => Parallel(branch),
            7 => NoteEdge(branch, $"{branch} buffer", branch with { Stream = branch.Stream.Buffer(_random.Next(1, 9)) }),
            8 => Partition(branch),
            9 => TimedPartition(branch),
            10 => NoteMerged($"{branch} timed window", branch with { Stream = branch.Stream.TimedWindow(TimeSpan.FromMilliseconds(_random.Next(1, 4))).Flatten() }),
            11 => NoteMerged($"{branch} sliding window", branch with { Stream = branch.Stream.SlidingWindow(_random.Next(1, 5)).Map(window => window[^1]) }),
            12 => Union(branch),
            13 => Diamond(branch),
            14 => Loop(branch),
            >= 16 and var number => GrowByCatalogue(branch, number),
            _ => Note($"{branch} rate limit", branch with { Stream = branch.Stream.RateLimit(TimeSpan.FromTicks(_random.Next(1, 2_000))) }),
        };
        Holds |= grown.Holds;
        Drops |= !grown.IsExact;
        return grown;
    }

    /// <summary>Plans what a node fails on, and notes where that goes.</summary>
    /// <returns>The faults, and the branch with what is left behind them.</returns>
    private (NodeFaults Faults, Branch Left) Faulty(Branch branch, bool canHang = false, bool canGiveUp = true)
    {
        var faults = _faults.Next(canGiveUp, branch.IsSingle, branch.Depth, canHang, branch.IsAdded);
        if (faults.End == FaultEnd.Never)
        {
            return (faults, branch);
        }

        var expected = branch.Expected;
        var givenUp = ((Func<Item, int>)(item => faults.GivesUp(item) ? expected(item) : 0), branch.IsExact && !branch.IsAdded);
        if (faults.End == FaultEnd.Skip)
        {
            Skipped.Add(givenUp);
        }
        else if (faults.End == FaultEnd.Letter && !branch.IsAdded)
        {
            if (!_letters.TryGetValue(faults.Queue, out var letters))
            {
                _letters.Add(faults.Queue, letters = []);
            }

            letters.Add(givenUp);
        }

        return (faults, branch with { Expected = item => faults.GivesUp(item) ? 0 : expected(item) });
    }

    private Branch Map(Branch branch)
    {
        var (node, left) = Faulty(branch);
        return NoteEdge(branch, $"{branch} map {node.Number}", left with { Stream = branch.Stream.Map(node.Check, options: node.Options(Capacity())) });
    }

    private Branch Filter(Branch branch)
    {
        var (node, left) = Faulty(branch);
        var salt = node.Number;
        bool Passes(Item item) => item.Mix(salt) % 3 != 0;
        return NoteEdge(branch, $"{branch} filter {salt}", left with
        {
            Stream = branch.Stream.Filter(item => Passes(node.Check(item)), node.Options()),
            Expected = item => Passes(item) ? left.Expected(item) : 0,
        });
    }

    private Branch MapAsync(Branch branch)
    {
        var (node, left) = Faulty(branch, canHang: true);
        return NoteEdge(branch, $"{branch} async map {node.Number}", left with { Stream = branch.Stream.MapAsync(node.PauseAsync, options: node.Options(Capacity())) });
    }

    private Branch Parallel(Branch branch)
    {
        var isAsync = _random.Next(3) > 0;
        var (node, left) = Faulty(branch, isAsync);
        var degree = _random.Next(2, 6);
        var ordered = _random.Next(2) == 0;
        var stream = isAsync
            ? branch.Stream.MapAsync(node.PauseAsync, degree, ordered, node.Options())
            : branch.Stream.Map(node.Check, degree, ordered, node.Options());
        return NoteEdge(branch, $"{branch} {(ordered ? "ordered" : "unordered")} parallel map {node.Number} x{degree}", left with { Stream = stream, IsOrdered = branch.IsOrdered && ordered });
    }

    private Branch Partition(Branch branch) =>
        NoteMerged($"{branch} partition", branch with { Stream = branch.Stream.Partition(_random.Next(1, 6)).Flatten(), Holds = true });

    private Branch TimedPartition(Branch branch)
    {
        var timeout = TimeSpan.FromMilliseconds(_random.Next(1, 4));
        return NoteMerged(
            $"{branch} partition by producer with timeout",
            branch with { Stream = branch.Stream.Partition(_random.Next(2, 9), item => (item.Source, item.Producer), timeout).Flatten() });
    }

    private Branch Union(Branch branch)
    {
        var other = branch.IsAdded ? branch : _branches[_random.Next(_branches.Count)];
        var union = branch.Stream.Union(other.Stream);
        Known.Joins.Add((union, true, branch.Owner));
        return Note($"{branch} union with {other}", Joined(branch, other, union));
    }

    private Branch Diamond(Branch branch)
    {
        // An element that is lost on one side would shift all pairs.
        var (left, _) = Faulty(branch, canHang: true, canGiveUp: false);
        var slow = branch.Stream.Buffer(_random.Next(1, 9)).MapAsync(left.PauseAsync, _random.Next(1, 3), options: left.Options());
        var pairs = slow.Zip(branch.Stream.Map(item => item), maxSize: 2_000).Map(pair =>
            pair.First == pair.Second ? pair.First : throw new InvalidOperationException($"{pair} is no pair"));
        return Note($"{branch} diamond {left.Number}", branch with { Stream = pairs });
    }

    private Branch Loop(Branch branch)
    {
        var (node, left) = Faulty(branch);
        var laps = _random.Next(1, 5);
        var entry = branch.Stream.Union();
        var body = entry.Map(item => node.Check(item) with { Laps = item.Laps + 1 }, options: node.Options());
        Known.Handles.Add((body, branch.Owner));
        Known.Joins.Add((entry, true, branch.Owner));
        var isExact = branch.IsExact;
        var kind = _random.Next(7);
        var (slow, _) = Faulty(branch, canGiveUp: false);
        body = kind switch
        {
            0 => body.MapAsync(slow.PauseAsync, options: slow.Options()),
            1 => body.Partition(2).Flatten(),
            2 => body.Partition(3, TimeSpan.FromMilliseconds(1)).Flatten(),
            3 => body.Take(_random.Next(1, 200)),
            4 => body.Delay(TimeSpan.FromMilliseconds(1)),
            5 => body.GroupBy(item => item.Producer, group => group.Batch(2, TimeSpan.FromMilliseconds(1)).Flatten()).Map(pair => pair.Value),
            _ => body,
        };
        Merges |= kind is 1 or 2 or 5;
        isExact &= kind != 3;
        body.Filter(item => item.Laps < laps).Feedback(entry, 10_000);
        var leaving = body.Filter(item => item.Laps >= laps).Map(item => item with { Laps = 0 });
        return Note($"{branch} loop {node.Number} of {laps}, kind {kind}", left with { Stream = leaving, IsOrdered = false, Holds = true, IsExact = isExact });
    }

    private Recorder End(Branch branch)
    {
        var kind = _random.Next(branch.IsAdded ? 5 : 6);
        Branch left = branch;
        NodeFaults? node = null;
        if (kind != 5)
        {
            (node, left) = Faulty(branch, canHang: kind > 1);
        }

        var recorder = new Recorder(Sinks.Count, left.IsOrdered && kind != 4, left.IsExact && kind != 5, branch.IsAdded, left.Expected);
        Drops |= kind == 5;
        Sinks = Sinks.Add(recorder);
        Note($"{branch} sink {recorder.Number}, node {node?.Number}", branch);
        switch (kind)
        {
            case 0 or 1:
                NoteEdge(branch, branch.Stream.Sink(item => recorder.Add(node!.Check(item)), options: node!.Options(Capacity())));
                break;
            case 5:
                Read(branch, recorder);
                break;
            default:
                NoteEdge(branch, branch.Stream.Sink(async (item, cancellation) => recorder.Add(await node!.PauseAsync(item, cancellation)), kind == 4 ? _random.Next(2, 5) : 1, node!.Options()));
                break;
        }

        return recorder;
    }

    private int? Capacity() => _random.Next(4) == 0 ? _random.Next(1, 10) : null;

    private Branch Note(string text, Branch branch)
    {
        branch = branch with { Name = $"b{_text.Length.ToString(CultureInfo.InvariantCulture)}" };
        _text.Append(CultureInfo.InvariantCulture, $"  {branch.Name} = {text}\n");
        Known.Handles.Add((branch.Stream, branch.Owner));
        Known.Points.Add(branch);
        return branch;
    }

    private Branch NoteEdge(Branch from, string text, Branch branch)
    {
        NoteEdge(from, branch.Stream);
        return Note(text, branch);
    }

    private void NoteEdge(Branch from, IStream head)
    {
        Known.Edges.Add((from, head));
        Known.Handles.Add((head, from.Owner));
    }

    private Branch NoteMerged(string text, Branch branch)
    {
        Merges = true;
        return Note(text, branch);
    }

    /// <param name="Name">What it is called in the text of the graph.</param>
    /// <param name="Stream">The stream.</param>
    /// <param name="IsOrdered">Whether each producer's elements come in their order.</param>
    /// <param name="Holds">Whether elements may be held upstream until the end.</param>
    /// <param name="Expected">How often an element comes; at most, if it is not exact.</param>
    /// <param name="IsExact">Whether all that is expected comes.</param>
    /// <param name="IsSingle">Whether each element comes once at most.</param>
    /// <param name="Depth">The first dead-letter queue that nodes may use without leading back to one that is in front of them.</param>
    /// <param name="Owner">The edit that has added it, so that it sees a stretch of the elements only; null if none has.</param>
    private sealed record Branch(
        string Name,
        Stream<Item> Stream,
        bool IsOrdered,
        bool Holds,
        Func<Item, int> Expected,
        bool IsExact = true,
        bool IsSingle = true,
        int Depth = 0,
        Addition? Owner = null)
    {
        public bool IsAdded => Owner is not null;

        public override string ToString() => Name;
    }
}
