namespace Streamz.Dataflow.Tests.Oracle;

/// <summary>Every synchronous operator, with the names of the script.</summary>
internal static class OracleCases
{
    private const int Room = 1000;
    private const string Flush = "What is left at the end of the stream is emitted; streamz has no end, and keeps it for ever.";

    public static IReadOnlyList<OracleCase> All { get; } =
    [
        One("map", a => a.Map(x => (2 * x) + 1)),
        Rows("starmap", a => a.Map(row => (row[0], row[1], row[2])).StarMap((x, y, z) => x + (10 * y) + (100 * z))),
        One("filter", a => a.Filter(x => x % 2 == 0)),
        One("remove", a => a.Remove(x => x % 3 == 0)),
        new OracleCase<int?, int>("filter_none", 1, random => random.Next(3) == 0 ? null : random.Next(3), all => all[0].WhereNotNull())
        {
            Difference = "WhereNotNull lets zero through: what Python holds for false is a value like any other here.",
            Expected = (run, _) => run.Inputs.Select(input => input.Value).Where(value => value != "null"),
        },
        One("accumulate", a => a.Accumulate((total, x) => total + x)),
        One("accumulate_start", a => a.Accumulate(7, (total, x) => ((2 * total) + x) % 1000)),
        One("accumulate_state", a => a.Accumulate(-1, (max, x) => (Math.Max(max, x), Math.Max(max, x) - x))),
        One("scan", a => a.Scan((total, x) => ((3 * total) + x) % 1000)),
        new OracleCase<List<int>, int>("flatten", 1, random => [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(10))], all => all[0].Flatten()),
        One("partition_one", a => a.Partition(1)),
        Flushed("partition", a => a.Partition(3), inputs => inputs.Skip(inputs.Count / 3 * 3).Chunk(3)),
        Flushed(
            "partition_key",
            a => a.Partition(2, x => x % 3),
            inputs => inputs.Index().GroupBy(each => each.Item % 3).Where(group => group.Count() % 2 == 1).Select(group => group.Last())
                .OrderBy(last => last.Index).Select(last => new[] { last.Item })),
        One("sliding_window", a => a.SlidingWindow(3)),
        One("sliding_window_full", a => a.SlidingWindow(4, returnPartial: false)),
        Many("zip", 2, all => all[0].Zip(all[1], maxSize: Room)),
        Many("zip_three", 3, all => all[0].Zip(all[1], all[2], maxSize: Room)),
        One("zip_same", a => a.Zip(a.Map(x => -x))),
        Many("zip_literals", 2, all => all[0].Zip(all[1], StreamSource.Literal("then"), maxSize: Room)),
        Many("combine_latest", 2, all => all[0].CombineLatest(all[1])),
        Many("combine_latest_three", 3, all => all[0].CombineLatest(all[1], all[2])),
        Many("combine_latest_emit_on", 2, all => all[0].CombineLatest(all[1], emitOn: [all[0]])),
        Many("zip_latest", 2, all => all[0].ZipLatest(all[1], maxSize: Room)),
        Many("zip_latest_three", 3, all => all[0].ZipLatest(all[1], all[2], maxSize: Room)),
        Many("union", 3, all => all[0].Union(all[1], all[2])),
        Rows("pluck", a => a.Pluck(1)),
        Rows("pluck_list", a => a.Pluck([2, 0])),
        One("frequencies", a => a.Frequencies()),
        One("unique", a => a.Unique()),
        One("unique_key", a => a.Unique(x => x % 4)),
        One("unique_history", a => a.Unique(maxHistory: 3)),
        One("unique_last", a => a.Unique(maxHistory: 1)),
        One("unique_last", a => a.DistinctUntilChanged()),
        Flushed("partition_unique", a => a.PartitionUnique(3), inputs => Leftover(inputs, 3, x => x, keepLast: false)),
        Flushed("partition_unique_last", a => a.PartitionUnique(3, KeptDuplicate.Last), inputs => Leftover(inputs, 3, x => x, keepLast: true)),
        Flushed("partition_unique_key", a => a.PartitionUnique(2, x => x % 4), inputs => Leftover(inputs, 2, x => x % 4, keepLast: false)),
        new OracleCase<int, IReadOnlyList<int>>("collect", 2, random => random.Next(10), all => all[0].Collect(all[1]))
        {
            Difference = Flush,
            Expected = (run, theirs) => run.Inputs.Reverse().TakeWhile(input => input.Source == 0).Select(input => input.Value).Reverse().ToList() is { Count: > 0 } rest
                ? theirs.Append($"[{string.Join(",", rest)}]")
                : theirs,
        },
        One("slice_0", a => a.Slice()),
        One("slice_1", a => a.Slice(1)),
        One("slice_2", a => a.Slice(0, 4)),
        One("slice_3", a => a.Slice(2, 6)),
        One("slice_4", a => a.Slice(step: 2)),
        Sliced("slice_5", 1, null, 2),
        Sliced("slice_6", 1, 9, 3),
        One("slice_7", a => a.Slice(3, 1)),
        Sliced("slice_8", 0, 0, 1),
    ];

    private static OracleCase<int, TOut> One<TOut>(string name, Func<Stream<int>, Stream<TOut>> build) => Many(name, 1, all => build(all[0]));

    private static OracleCase<int, TOut> Many<TOut>(string name, int sources, Func<IReadOnlyList<StreamSource<int>>, Stream<TOut>> build) =>
        new(name, sources, random => random.Next(10), build);

    private static OracleCase<int[], TOut> Rows<TOut>(string name, Func<Stream<int[]>, Stream<TOut>> build) =>
        new(name, 1, random => [random.Next(10), random.Next(10), random.Next(10)], all => build(all[0]));

    private static OracleCase<int, TOut> Flushed<TOut>(
        string name,
        Func<Stream<int>, Stream<TOut>> build,
        Func<IReadOnlyList<int>, IEnumerable<IReadOnlyList<int>>> leftovers) =>
        new(name, 1, random => random.Next(10), all => build(all[0]))
        {
            Difference = Flush,
            Expected = (run, theirs) => theirs.Concat(leftovers([.. run.Inputs.Select(input => int.Parse(input.Value, null))]).Select(OracleJson.Of)),
        };

    private static OracleCase<int, int> Sliced(string name, int start, int? end, int step) =>
        new(name, 1, random => random.Next(10), all => all[0].Slice(start, end, step))
        {
            Difference = "A slice is that of a Python list: steps count from the start, and an end of 0 is an end (D21).",
            Expected = (run, _) => run.Inputs.Take(end ?? int.MaxValue).Skip(start).Index().Where(each => each.Index % step == 0).Select(each => each.Item.Value),
        };

    /// <summary>What a partition of different keys holds at the end.</summary>
    private static IEnumerable<IReadOnlyList<int>> Leftover(IEnumerable<int> inputs, int n, Func<int, int> key, bool keepLast)
    {
        var held = new List<int>();
        foreach (var input in inputs)
        {
            var same = held.FindIndex(other => key(other) == key(input));
            if (same >= 0 && keepLast)
            {
                held.RemoveAt(same);
            }

            if (same < 0 || keepLast)
            {
                held.Add(input);
            }

            if (held.Count == n)
            {
                held.Clear();
            }
        }

        return held.Count > 0 ? [held] : [];
    }
}
