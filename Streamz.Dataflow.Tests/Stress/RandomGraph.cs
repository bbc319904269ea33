using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>A graph of random shape, with what is to arrive at each of its sinks.</summary>
internal sealed partial class RandomGraph
{
    private readonly Random _random;
    private readonly FaultPlan _faults;
    private readonly StreamOptions _options;
    private readonly StringBuilder _text = new();
    private readonly List<Branch> _branches = [];
    private int _nodes;

    public RandomGraph(Random random, StreamOptions options, FaultPlan faults)
    {
        _random = random;
        _faults = faults;
        _options = options;
        Build();
    }

    public List<StreamSource<Item>> Sources { get; } = [];

    public List<Recorder> Sinks { get; } = [];

    /// <summary>Reads the sequences that the graph ends in, once the pipeline runs.</summary>
    public List<Func<Task>> Readers { get; } = [];

    /// <summary>What each operator that loses elements must account for, by its name in the snapshot: what it gave.</summary>
    public Dictionary<string, StrongBox<long>> Given { get; } = [];

    /// <summary>Whether elements may be held somewhere until the end.</summary>
    public bool Holds => Sinks.Exists(sink => sink.Holds);

    /// <summary>Whether an operator may drop elements by its own rule.</summary>
    public bool Drops => Sinks.Exists(sink => !sink.IsExact);

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
            _branches.Add(new Branch($"s{i}", Sources[i], true, false, item => item.Source == source ? 1 : 0));
        }

        if (Sources.Count > 1)
        {
            var all = Sources[0].Union(Sources.Skip(1).ToArray<Stream<Item>>());
            _branches.Add(Note("union of sources", new Branch("u", all, true, false, _ => 1)));
        }

        for (var steps = _random.Next(1, 9); steps > 0; steps--)
        {
            Grow();
        }

        foreach (var branch in _branches)
        {
            End(branch);
        }
    }

    private void Grow()
    {
        var at = _random.Next(_branches.Count);
        var branch = _branches[at];
        var grown = _random.Next(36) switch
        {
            0 or 1 => Map(branch),
            2 => Filter(branch),
            3 or 4 => MapAsync(branch),
            5 or 6 => Parallel(branch),
            7 => Note($"{branch} buffer", branch with { Stream = branch.Stream.Buffer(_random.Next(1, 9)) }),
            8 => Partition(branch),
            9 => TimedPartition(branch),
            10 => Note($"{branch} timed window", branch with { Stream = branch.Stream.TimedWindow(TimeSpan.FromMilliseconds(_random.Next(1, 4))).Flatten() }),
            11 => Note($"{branch} sliding window", branch with { Stream = branch.Stream.SlidingWindow(_random.Next(1, 5)).Map(window => window[^1]) }),
            12 => Union(branch),
            13 => Diamond(branch),
            14 => Loop(branch),
            >= 16 and var number => GrowByCatalogue(branch, number),
            _ => Note($"{branch} rate limit", branch with { Stream = branch.Stream.RateLimit(TimeSpan.FromTicks(_random.Next(1, 2_000))) }),
        };

        // Kept sometimes, so that the node gets several branches.
        if (_random.Next(3) == 0 && _branches.Count < 6)
        {
            _branches.Add(grown);
        }
        else
        {
            _branches[at] = grown;
        }
    }

    private Branch Map(Branch branch)
    {
        var node = _nodes++;
        return Note($"{branch} map {node}", branch with { Stream = branch.Stream.Map(item => Checked(node, item), options: Options()) });
    }

    private Branch Filter(Branch branch)
    {
        var node = _nodes++;
        bool Passes(Item item) => item.Mix(node) % 3 != 0;
        return Note($"{branch} filter {node}", branch with { Stream = branch.Stream.Filter(Passes), Expected = item => Passes(item) ? branch.Expected(item) : 0 });
    }

    private Branch MapAsync(Branch branch)
    {
        var node = _nodes++;
        return Note($"{branch} async map {node}", branch with { Stream = branch.Stream.MapAsync((item, aborted) => PauseAsync(node, item, aborted), options: Options()) });
    }

    private Branch Parallel(Branch branch)
    {
        var node = _nodes++;
        var degree = _random.Next(2, 6);
        var ordered = _random.Next(2) == 0;
        var stream = _random.Next(3) == 0
            ? branch.Stream.Map(item => Checked(node, item), degree, ordered)
            : branch.Stream.MapAsync((item, aborted) => PauseAsync(node, item, aborted), degree, ordered);
        return Note($"{branch} {(ordered ? "ordered" : "unordered")} parallel map {node} x{degree}", branch with { Stream = stream, IsOrdered = branch.IsOrdered && ordered });
    }

    private Branch Partition(Branch branch) =>
        Note($"{branch} partition", branch with { Stream = branch.Stream.Partition(_random.Next(1, 6)).Flatten(), Holds = true });

    private Branch TimedPartition(Branch branch)
    {
        var timeout = TimeSpan.FromMilliseconds(_random.Next(1, 4));
        return Note(
            $"{branch} partition by producer with timeout",
            branch with { Stream = branch.Stream.Partition(_random.Next(2, 9), item => (item.Source, item.Producer), timeout).Flatten() });
    }

    private Branch Union(Branch branch)
    {
        var other = _branches[_random.Next(_branches.Count)];
        var union = branch.Stream.Union(other.Stream);
        return Note($"{branch} union with {other}", Joined(branch, other, union));
    }

    private Branch Diamond(Branch branch)
    {
        if (_faults.Skips)
        {
            // A skipped element on one side would shift all pairs.
            return branch;
        }

        var (left, right) = (_nodes++, _nodes++);
        var slow = branch.Stream.Buffer(_random.Next(1, 9)).MapAsync((item, aborted) => PauseAsync(left, item, aborted), _random.Next(1, 3));
        var pairs = slow.Zip(branch.Stream.Map(item => item), maxSize: 2_000).Map(pair =>
            pair.First == pair.Second ? Checked(right, pair.First) : throw new InvalidOperationException($"{pair} is no pair"));
        return Note($"{branch} diamond {left} {right}", branch with { Stream = pairs });
    }

    private Branch Loop(Branch branch)
    {
        var node = _nodes++;
        var laps = _random.Next(1, 5);
        var entry = branch.Stream.Union();
        var body = entry.Map(item => Checked(node, item) with { Laps = item.Laps + 1 });
        var isExact = branch.IsExact;
        var kind = _random.Next(7);
        body = kind switch
        {
            0 => body.MapAsync((item, aborted) => PauseAsync(-1, item, aborted)),
            1 => body.Partition(2).Flatten(),
            2 => body.Partition(3, TimeSpan.FromMilliseconds(1)).Flatten(),
            3 => body.Take(_random.Next(1, 200)),
            4 => body.Delay(TimeSpan.FromMilliseconds(1)),
            5 => body.GroupBy(item => item.Producer, group => group.Batch(2, TimeSpan.FromMilliseconds(1)).Flatten()).Map(pair => pair.Value),
            _ => body,
        };
        isExact &= kind != 3;
        body.Filter(item => item.Laps < laps).Feedback(entry, 10_000);
        var leaving = body.Filter(item => item.Laps >= laps).Map(item => item with { Laps = 0 });
        return Note($"{branch} loop {node} of {laps}", branch with { Stream = leaving, IsOrdered = false, Holds = true, IsExact = isExact });
    }

    private void End(Branch branch)
    {
        var node = _nodes++;
        var kind = _random.Next(6);
        var recorder = new Recorder(Sinks.Count, branch.IsOrdered && kind != 4, branch.Holds, branch.IsExact && kind != 5, branch.Expected);
        Sinks.Add(recorder);
        Note($"{branch} sink {recorder.Number}, node {node}", branch);
        switch (kind)
        {
            case 0 or 1:
                branch.Stream.Sink(item => recorder.Add(Checked(node, item)), options: Options());
                break;
            case 2 or 3:
                branch.Stream.Sink(async (item, aborted) => recorder.Add(await PauseAsync(node, item, aborted)));
                break;
            case 5:
                Read(branch, recorder);
                break;
            default:
                branch.Stream.Sink(async (item, aborted) => recorder.Add(await PauseAsync(node, item, aborted)), _random.Next(2, 5));
                break;
        }
    }

    private NodeOptions? Options() => _random.Next(4) == 0 ? new NodeOptions { Capacity = _random.Next(1, 10) } : null;

    private Item Checked(int node, Item item)
    {
        if (_faults.Visit(node, item))
        {
            throw new InvalidOperationException(FaultPlan.Message);
        }

        return item;
    }

    private Task<Item> PauseAsync(int node, Item item, CancellationToken aborted)
    {
        return _faults.Visit(node, item) ? null! : RunAsync();

        async Task<Item> RunAsync()
        {
            switch (item.Mix(node) % 64)
            {
                case 0:
                    await Task.Delay(1, aborted);
                    break;
                case < 24:
                    await Task.Yield();
                    break;
                case < 28:
                    await Task.Run(() => Thread.SpinWait(200), CancellationToken.None);
                    break;
            }

            return item;
        }
    }

    private Branch Note(string text, Branch branch)
    {
        branch = branch with { Name = $"b{_text.Length.ToString(CultureInfo.InvariantCulture)}" };
        _text.Append(CultureInfo.InvariantCulture, $"  {branch.Name} = {text}\n");
        return branch;
    }

    private sealed record Branch(string Name, Stream<Item> Stream, bool IsOrdered, bool Holds, Func<Item, int> Expected, bool IsExact = true)
    {
        public override string ToString() => Name;
    }
}
