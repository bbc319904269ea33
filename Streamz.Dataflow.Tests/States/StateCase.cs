using System.Globalization;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Tests.States;

/// <summary>A graph with a state, and what comes out of it as texts.</summary>
/// <param name="Name">The operator, in streamz's spelling.</param>
/// <param name="Build">Puts it behind a stream of numbers.</param>
/// <param name="IsTimed">Whether the numbers come one in a second.</param>
internal sealed record StateCase(string Name, Func<Stream<int>, Stream<string>> Build, bool IsTimed = false)
{
    private static readonly NodeOptions s_named = new() { Name = "it" };
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static IEnumerable<StateCase> All { get; } =
    [
        new("accumulate", s => Text(s.Accumulate((sum, x) => sum + x, s_named))),
        new("accumulate seed", s => Text(s.Accumulate("", (all, x) => all + x, s_named))),
        new("accumulate result", s => Text(s.Accumulate((Count: 0, Sum: 0.5), (state, x) => ((state.Count + 1, state.Sum + x), state.Sum / (state.Count + 1)), s_named))),
        new("accumulate async", s => Text(s.Accumulate(async (sum, x) => { await Task.Yield(); return sum + x; }, s_named))),
        new("accumulate async seed", s => Text(s.Accumulate(1L, async (all, x) => { await Task.Yield(); return (2 * all) + x; }, s_named))),
        new("accumulate async result", s => Text(s.Accumulate(new List<int>(), async (list, x) => { await Task.Yield(); return ((List<int>)[.. list, x], list.Count); }, s_named))),
        new("scan", s => Text(s.Scan((sum, x) => sum + x, s_named))),
        new("append", s => Text(s.Append([-1, -2], s_named))),
        new("batch", s => Texts(s.Batch(4, 9, x => x, options: s_named))),
        new("batch age", s => Texts(s.Batch(100, 3 * s_second, s_named)), IsTimed: true),
        new("collect", s => Texts(s.Collect(s.Filter(x => x % 3 == 2), options: s_named))),
        new("combine_latest", s => Text(s.CombineLatest(s.Filter(x => x % 3 == 1), options: s_named))),
        new("combine_latest_all", s => Texts(new[] { s, s.Filter(x => x % 3 == 1) }.CombineLatestAll(options: s_named))),
        new("debounce", s => Text(s.Filter(x => x % 4 < 2).Debounce(1.5 * s_second, s_named)), IsTimed: true),
        new("delay", s => Text(s.Delay(2.5 * s_second, options: s_named)), IsTimed: true),
        new("distinct_until_changed", s => Text(s.Map(x => x / 3).DistinctUntilChanged(options: s_named))),
        new("frequencies", s => Text(s.Map(x => x % 3).Frequencies(options: s_named).Map(counts => string.Join(",", counts.OrderBy(each => each.Key).Select(each => $"{each.Key}:{each.Value}"))))),
        new("group_by", s => Text(s.GroupBy(x => x % 3, group => group.Accumulate((sum, x) => sum + x).Partition(2).Map(pair => string.Join("+", pair)), options: s_named))),
        new("group_by idle", s => Text(s.Filter(x => x % 6 < 2).GroupBy(x => x % 2, group => group.Accumulate((sum, x) => sum + x), new GroupByOptions { IdleTimeout = 5.5 * s_second }, options: s_named)), IsTimed: true),
        new("group_by take", s => Text(s.GroupBy(x => x % 2, group => group.Take(2).Append(-1), options: s_named))),
        new("group_by window", s => Text(s.GroupBy(x => x % 2, group => group.TimedWindow(2.5 * s_second).Map(window => string.Join(",", window)), options: s_named)), IsTimed: true),
        new("join", s => Text(s.Join(s.Filter(x => x % 2 == 0), x => x / 4, x => x / 4, 2.5 * s_second, options: s_named)), IsTimed: true),
        new("partition", s => Texts(s.Partition(3, options: s_named))),
        new("partition key", s => Texts(s.Partition(3, x => x % 2, options: s_named))),
        new("partition timeout", s => Texts(s.Partition(3, x => x % 4, 4.5 * s_second, options: s_named)), IsTimed: true),
        new("partition_unique", s => Texts(s.PartitionUnique(3, x => x % 4, KeptDuplicate.Last, options: s_named))),
        new("partition_unique timeout", s => Texts(s.PartitionUnique(10, x => x % 2, timeout: 2.5 * s_second, options: s_named)), IsTimed: true),
        new("prepend", s => Text(s.Prepend([-1, -2], s_named))),
        new("repeat", s => Text(s.Repeat(2, options: s_named))),
        new("sample", s => Text(s.Sample(2.5 * s_second, s_named)), IsTimed: true),
        new("sample stream", s => Text(s.Sample(s.Filter(x => x % 3 == 2), s_named))),
        new("skip", s => Text(s.Skip(3, s_named))),
        new("skip_while", s => Text(s.SkipWhile(x => x != 3, s_named))),
        new("slice", s => Text(s.Slice(1, 8, 3, s_named))),
        new("sliding_window", s => Texts(s.SlidingWindow(3, options: s_named))),
        new("sliding_window full", s => Texts(s.SlidingWindow(3, returnPartial: false, options: s_named))),
        new("take", s => Text(s.Take(4, s_named))),
        new("take_while", s => Text(s.TakeWhile(x => x != 4, s_named))),
        new("throttle", s => Text(s.Throttle(2.5 * s_second, s_named)), IsTimed: true),
        new("timed_window", s => Texts(s.TimedWindow(2.5 * s_second, options: s_named)), IsTimed: true),
        new("timed_window_unique", s => Texts(s.TimedWindowUnique(2.5 * s_second, x => x % 2, options: s_named)), IsTimed: true),
        new("unique", s => Text(s.Map(x => x % 3).Unique(3, options: s_named))),
        new("unique evicting", s => Text(s.Map(x => "0120310231"[x]).Unique(3, options: s_named))),
        new("zip", s => Text(s.Zip(s.Filter(x => x % 2 == 0), options: s_named))),
        new("zip_all", s => Texts(new[] { s, s.Filter(x => x % 2 == 0) }.ZipAll(options: s_named))),
        new("zip_latest", s => Text(s.ZipLatest(s.Filter(x => x % 3 == 1), options: s_named))),
        new("loop", Loop, IsTimed: true),
    ];

    public override string ToString() => Name;

    private static Stream<string> Text<T>(Stream<T> stream) => stream.Map(x => string.Create(CultureInfo.InvariantCulture, $"{x}"));

    private static Stream<string> Texts<T>(Stream<IReadOnlyList<T>> stream) => stream.Map(list => $"[{string.Join(",", list)}]");

    /// <summary>What is not done at once goes round, and is gathered by a window inside the loop.</summary>
    private static Stream<string> Loop(Stream<int> numbers)
    {
        var all = numbers.Union();
        var windows = all.TimedWindow(2.2 * s_second, options: s_named);
        windows.Flatten(list => list.Where(x => x is > 0 and < 100).Select(x => x * 10)).Feedback(all, 100);
        return Texts(windows);
    }
}
