using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>The operators of the catalogue: those that lose elements by their rule, join by time, host others or end early.</summary>
internal sealed partial class RandomGraph
{
    private int _extras;

    private Branch GrowByCatalogue(Branch branch, int number) => number switch
    {
        16 => Note($"{branch} delay", branch with { Stream = branch.Stream.Delay(Moment(), _random.Next(8, 65)) }),
        17 => Losing(branch, "latest", branch.Stream.Latest()),
        18 => Losing(branch, "throttle", branch.Stream.Throttle(TimeSpan.FromTicks(_random.Next(1, 5_000)))),
        19 => Losing(branch, "debounce", branch.Stream.Debounce(Moment())),
        20 => Losing(branch, "sample", branch.Stream.Sample(Moment())),
        21 => Losing(branch, "take", branch.Stream.Take(_random.Next(1, 200))),
        22 => TakeWhile(branch),
        23 or 24 => ZipOfMany(branch),
        25 => CombineLatest(branch),
        26 => ZipLatest(branch),
        27 or 28 => MergePrioritized(branch),
        29 => Batch(branch),
        30 or 31 => GroupBy(branch),
        32 => Balance(branch),
        33 => Route(branch),
        34 => _random.Next(2) == 0 ? Unique(branch) : Switch(branch),
        36 => ZipAll(branch),
        37 => CombineLatestAll(branch),
        38 => LetterLoop(branch),
        _ => Extras(branch),
    };

    private TimeSpan Moment() => TimeSpan.FromMilliseconds(_random.Next(1, 4));

    private static Branch Joined(Branch first, Branch second, Stream<Item> stream) => new(
        first.Name,
        stream,
        false,
        first.Holds || second.Holds,
        item => first.Expected(item) + second.Expected(item),
        first.IsExact && second.IsExact,
        false,
        Math.Max(first.Depth, second.Depth),
        first.Owner ?? second.Owner);

    /// <summary>What such an operator receives it gives, drops or abandons: the snapshot knows two of them, and this counts the third.</summary>
    private Branch Losing(Branch branch, string name, Stream<Item> stream)
    {
        var given = new StrongBox<long>();
        var node = $"{name} {_names++}";
        Given.Add(node, given);
        var counted = stream.Named(node).Map(item =>
        {
            given.Value++;
            return item;
        });
        return Note($"{branch} {node}", branch with { Stream = counted, IsExact = false });
    }

    private Branch TakeWhile(Branch branch)
    {
        var node = _names++;
        return Note($"{branch} take while {node}", branch with { Stream = branch.Stream.TakeWhile(item => item.Mix(node) % 50 != 0), IsExact = false });
    }

    private Branch ZipOfMany(Branch branch)
    {
        var (first, _) = Faulty(branch, canHang: true, canGiveUp: false);
        var (second, _) = Faulty(branch, canGiveUp: false);
        var slow = branch.Stream.Buffer(_random.Next(1, 9)).MapAsync(first.PauseAsync, options: first.Options());
        var third = branch.Stream.Map(second.Check, _random.Next(1, 4), options: second.Options());
        var triples = branch.Stream.Zip(slow, third, maxSize: 5_000).Map(triple =>
            triple.First == triple.Second && triple.Second == triple.Third ? triple.First : throw new InvalidOperationException($"{triple} is no triple"));
        return Note($"{branch} zip of three {first.Number} {second.Number}", branch with { Stream = triples });
    }

    private Branch CombineLatest(Branch branch)
    {
        var other = Another(branch);
        var combined = branch.Stream.CombineLatest(other.Stream.Filter(_ => true), emitOn: [branch.Stream]).Map(pair => pair.First);
        return Note($"{branch} combine latest {other}", Deepened(branch, other) with { Stream = combined, IsExact = false });
    }

    private Branch ZipLatest(Branch branch)
    {
        var other = Another(branch);
        var zipped = branch.Stream.ZipLatest(other.Stream.Filter(_ => true), maxSize: 5_000).Map(pair => pair.First);
        return Note($"{branch} zip latest {other}", Deepened(branch, other) with { Stream = zipped, Holds = true, IsExact = false });
    }

    private Branch MergePrioritized(Branch branch)
    {
        var other = Another(branch);
        var merged = branch.Stream.MergePrioritized(other == branch ? other.Stream.Filter(_ => true) : other.Stream);
        Known.Joins.Add((merged, true, branch.Owner));
        return Note($"{branch} merge prioritized {other}", Joined(branch, other, merged));
    }

    private Branch Batch(Branch branch)
    {
        TimeSpan? age = _random.Next(2) == 0 ? Moment() : null;
        return NoteMerged($"{branch} batch", branch with { Stream = branch.Stream.Batch(_random.Next(1, 9), age).Flatten(), Holds = branch.Holds || age is null });
    }

    private Branch GroupBy(Branch branch)
    {
        var kind = _random.Next(6);
        var (node, left) = kind is 0 or 5 ? Faulty(branch) : (new NodeFaults(-1), branch);
        Merges |= kind is 1 or 2 or 4;
        var limits = new GroupByOptions
        {
            MaxGroups = _random.Next(2) == 0 ? _random.Next(1, 8) : 100,
            IdleTimeout = _random.Next(3) == 0 ? Moment() : null,
        };
        var size = _random.Next(1, 6);
        var time = Moment();
        var groups = branch.Stream.GroupBy(
            item => (item.Source, item.Producer),
            group => kind switch
            {
                0 => group.MapAsync(node.PauseAsync, options: node.Options(isNamed: false)),
                1 => group.Partition(size).Flatten(),
                2 => group.Batch(size, time).Flatten(),
                3 => group.Take(size * 4),
                4 => group.TimedWindow(time).Flatten(),
                _ => group.Map(node.Check, options: node.Options(isNamed: false)),
            },
            limits);
        return Note($"{branch} group by, kind {kind} {node.Number}", left with
        {
            Stream = groups.Map(pair => pair.Value),
            Holds = branch.Holds || kind == 1,
            IsExact = branch.IsExact && kind != 3,
        });
    }

    private Branch Balance(Branch branch)
    {
        var (node, left) = Faulty(branch);
        var slow = new NodeFaults(-1);
        var ordered = _random.Next(2) == 0;
        var balanced = branch.Stream.Balance(
            _random.Next(1, 5),
            worker => worker.Map(node.Check).MapAsync(slow.PauseAsync),
            ordered,
            node.Options());
        return Note($"{branch} {(ordered ? "ordered" : "unordered")} balance {node.Number}", left with { Stream = balanced, IsOrdered = branch.IsOrdered && ordered });
    }

    private Branch Route(Branch branch)
    {
        var node = _names++;
        bool First(Item item) => item.Mix(node) % 3 == 0;
        bool Second(Item item) => item.Mix(node) % 2 == 0;
        var (first, second, rest) = branch.Stream.Route(First, Second);
        var aside = Note($"{branch} route {node}, second", branch with
        {
            Stream = second,
            Expected = item => !First(item) && Second(item) ? branch.Expected(item) : 0,
        });
        if (branch.IsAdded)
        {
            End(aside);
        }
        else
        {
            _branches.Add(aside);
        }

        return Note($"{branch} route {node}, first and rest", branch with
        {
            Stream = first.Union(rest),
            Expected = item => First(item) || !Second(item) ? branch.Expected(item) : 0,
            IsOrdered = false,
        });
    }

    private Branch Unique(Branch branch) => Note($"{branch} unique", branch with { Stream = branch.Stream.Unique(), Expected = item => Math.Min(1, branch.Expected(item)) });

    private Branch Switch(Branch branch)
    {
        var node = _names++;
        return Note($"{branch} switch {node}", branch with { Stream = branch.Stream.Switch(ItemsAsync), IsExact = false });

        async IAsyncEnumerable<Item> ItemsAsync(Item item)
        {
            if (item.Mix(node) % 3 == 0)
            {
                await Task.Yield();
            }

            yield return item;
        }
    }

    /// <summary>Elements that no producer has emitted; they are followed by nobody, and disturb all others.</summary>
    private Branch Extras(Branch branch)
    {
        var producer = --_extras;
        Item[] extras = [.. Enumerable.Range(0, _random.Next(1, 6)).Select(number => new Item(-1, producer, number))];
        return _random.Next(3) switch
        {
            0 => Note($"{branch} prepend", branch with { Stream = branch.Stream.Prepend(extras) }),
            1 => Note($"{branch} append", branch with { Stream = branch.Stream.Append(extras) }),
            _ => Note($"{branch} union with an enumerable", branch with
            {
                Stream = branch.Stream.Union(StreamSource.FromEnumerable(extras, _options)),
                IsOrdered = false,
            }),
        };
    }

    private Branch ZipAll(Branch branch)
    {
        var other = Another(branch);
        var side = other.Stream.Filter(_ => true);
        var zip = new[] { branch.Stream, side }.ZipAll(maxSize: 5_000);
        Known.Joins.Add((zip, false, branch.Owner));
        Known.Sides.Add((side, zip, branch.Owner));
        return Note($"{branch} zip all {other}", Deepened(branch, other) with { Stream = zip.Map(items => items[0]), Holds = true, IsExact = false });
    }

    private Branch CombineLatestAll(Branch branch)
    {
        var other = Another(branch);
        var side = other.Stream.Filter(_ => true);
        var combined = new[] { branch.Stream, side }.CombineLatestAll(emitOn: [branch.Stream]);
        Known.Joins.Add((combined, false, branch.Owner));
        Known.Sides.Add((side, combined, branch.Owner));
        return Note($"{branch} combine latest all {other}", Deepened(branch, other) with { Stream = combined.Map(items => items[0]), Holds = true, IsExact = false });
    }

    /// <summary>A dead-letter queue that gives what it gets another chance, a few times.</summary>
    private Branch LetterLoop(Branch branch)
    {
        var salt = _names++;
        var laps = _random.Next(1, 4);
        var queue = new DeadLetterQueue();
        var entry = branch.Stream.Union();
        var tried = entry.Map(
            item => item.Mix(salt) % 5 > item.Laps ? throw new InvalidOperationException(FaultPlan.Message) : item with { Laps = 0 },
            options: new NodeOptions { OnError = _random.Next(2) == 0 ? ErrorPolicy.DeadLetter(queue) : ErrorPolicy.Skip.For<FormatException>().Then(ErrorPolicy.DeadLetter(queue)) });
        queue.Map(letter => letter.ElementAs<Item>() is var item ? item with { Laps = item.Laps + 1 } : default)
            .Filter(item => item.Laps <= laps)
            .Feedback(entry, 10_000);
        Known.Joins.Add((entry, true, branch.Owner));
        return Note($"{branch} loop of letters {salt}, {laps} laps", branch with
        {
            Stream = tried,
            IsOrdered = false,
            Expected = item => item.Mix(salt) % 5 <= laps ? branch.Expected(item) : 0,
        });
    }

    private static Branch Deepened(Branch branch, Branch other) => branch with { Depth = Math.Max(branch.Depth, other.Depth) };

    private Branch Another(Branch branch) => branch.IsAdded ? branch : _branches[_random.Next(_branches.Count)] is var other && other != branch ? other : branch;

    private void Read(Branch branch, Recorder recorder)
    {
        var sequence = branch.Stream.ToAsyncEnumerable(_random.Next(1, 20));
        var left = _random.Next(2) == 0 ? _random.Next(1, 100) : int.MaxValue;
        Readers.Add(async () =>
        {
            try
            {
                await foreach (var item in sequence)
                {
                    recorder.Add(item);
                    if (--left == 0)
                    {
                        break;
                    }
                }
            }
            catch (Exception end) when (end is NodeFailedException or PipelineAbortedException)
            {
            }
        });
    }
}
