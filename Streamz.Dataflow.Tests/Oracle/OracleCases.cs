namespace Streamz.Dataflow.Tests.Oracle;

/// <summary>Every synchronous operator, with the names of the script.</summary>
internal static class OracleCases
{
    private const int Room = 1000;

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
            Difference = "What is left at the end of the stream is emitted; streamz has no end, and keeps it for ever.",
            Expected = (run, theirs) => theirs.Concat(leftovers([.. run.Inputs.Select(input => int.Parse(input.Value, null))]).Select(OracleJson.Of)),
        };
}
