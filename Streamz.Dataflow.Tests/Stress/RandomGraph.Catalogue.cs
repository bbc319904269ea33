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
        _ => Extras(branch),
    };

    private TimeSpan Moment() => TimeSpan.FromMilliseconds(_random.Next(1, 4));

    private static Branch Joined(Branch first, Branch second, Stream<Item> stream) => new(
        first.Name,
        stream,
        false,
        first.Holds || second.Holds,
        item => first.Expected(item) + second.Expected(item),
        first.IsExact && second.IsExact);

    /// <summary>What such an operator receives it gives, drops or abandons: the snapshot knows two of them, and this counts the third.</summary>
    private Branch Losing(Branch branch, string name, Stream<Item> stream)
    {
        var given = new StrongBox<long>();
        var node = $"{name} {_nodes++}";
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
        var node = _nodes++;
        return Note($"{branch} take while {node}", branch with { Stream = branch.Stream.TakeWhile(item => item.Mix(node) % 50 != 0), IsExact = false });
    }

    private Branch ZipOfMany(Branch branch)
    {
        if (_faults.Skips)
        {
            return branch;
        }

        var (first, second) = (_nodes++, _nodes++);
        var slow = branch.Stream.Buffer(_random.Next(1, 9)).MapAsync((item, aborted) => PauseAsync(first, item, aborted));
        var third = branch.Stream.Map(item => Checked(second, item), _random.Next(1, 4));
        var triples = branch.Stream.Zip(slow, third, maxSize: 5_000).Map(triple =>
            triple.First == triple.Second && triple.Second == triple.Third ? triple.First : throw new InvalidOperationException($"{triple} is no triple"));
        return Note($"{branch} zip of three {first} {second}", branch with { Stream = triples });
    }

    private Branch CombineLatest(Branch branch)
    {
        var other = Another(branch);
        var combined = branch.Stream.CombineLatest(other.Stream.Filter(_ => true), emitOn: [branch.Stream]).Map(pair => pair.First);
        return Note($"{branch} combine latest {other}", branch with { Stream = combined, IsExact = false });
    }

    private Branch ZipLatest(Branch branch)
    {
        var other = Another(branch);
        var zipped = branch.Stream.ZipLatest(other.Stream.Filter(_ => true), maxSize: 5_000).Map(pair => pair.First);
        return Note($"{branch} zip latest {other}", branch with { Stream = zipped, Holds = true, IsExact = false });
    }

    private Branch MergePrioritized(Branch branch)
    {
        var other = Another(branch);
        return Note($"{branch} merge prioritized {other}", Joined(branch, other, branch.Stream.MergePrioritized(other.Stream)));
    }

    private Branch Batch(Branch branch)
    {
        TimeSpan? age = _random.Next(2) == 0 ? Moment() : null;
        return Note($"{branch} batch", branch with { Stream = branch.Stream.Batch(_random.Next(1, 9), age).Flatten(), Holds = branch.Holds || age is null });
    }

    private Branch GroupBy(Branch branch)
    {
        var node = _nodes++;
        var kind = _random.Next(6);
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
                0 => group.MapAsync((item, aborted) => PauseAsync(node, item, aborted)),
                1 => group.Partition(size).Flatten(),
                2 => group.Batch(size, time).Flatten(),
                3 => group.Take(size * 4),
                4 => group.TimedWindow(time).Flatten(),
                _ => group.Map(item => Checked(node, item)),
            },
            limits);
        return Note($"{branch} group by, kind {kind} {node}", branch with
        {
            Stream = groups.Map(pair => pair.Value),
            Holds = branch.Holds || kind == 1,
            IsExact = branch.IsExact && kind != 3,
        });
    }

    private Branch Balance(Branch branch)
    {
        var node = _nodes++;
        var ordered = _random.Next(2) == 0;
        var balanced = branch.Stream.Balance(
            _random.Next(1, 5),
            worker => worker.Map(item => Checked(node, item)).MapAsync((item, aborted) => PauseAsync(-1, item, aborted)),
            ordered);
        return Note($"{branch} {(ordered ? "ordered" : "unordered")} balance {node}", branch with { Stream = balanced, IsOrdered = branch.IsOrdered && ordered });
    }

    private Branch Route(Branch branch)
    {
        var node = _nodes++;
        bool First(Item item) => item.Mix(node) % 3 == 0;
        bool Second(Item item) => item.Mix(node) % 2 == 0;
        var (first, second, rest) = branch.Stream.Route(First, Second);
        _branches.Add(Note($"{branch} route {node}, second", branch with
        {
            Stream = second,
            Expected = item => !First(item) && Second(item) ? branch.Expected(item) : 0,
        }));
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
        var node = _nodes++;
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

    private Branch Another(Branch branch) => _branches[_random.Next(_branches.Count)] is var other && other != branch ? other : branch;

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
