using System.Globalization;

namespace Streamz.Dataflow.Tests.States;

/// <summary>
/// Barriers again and again while elements flow through random chains and joins, and runs that are cut at random: together they give what one run
/// without any gives. A few rounds; STREAMZ_STRESS_ROUNDS asks for more, STREAMZ_STRESS_SEED for one.
/// </summary>
[TestFixture, Category("Stress"), NonParallelizable]
internal sealed class BarrierStressTests
{
    private const int Count = 400;

    [Test, CancelAfter(20 * 60_000)]
    public async Task Barriers_AtRandomMoments_LoseRepeatAndReorderNothing()
    {
        var rounds = Number("STREAMZ_STRESS_ROUNDS") is { } stated ? Math.Max(1, stated / 10) : 40;
        var first = Number("STREAMZ_STRESS_SEED") ?? (Environment.TickCount & 0xFFFFF);
        for (var seed = first; seed < first + (Number("STREAMZ_STRESS_SEED") is null ? rounds : 1); seed++)
        {
            await RoundAsync(seed);
        }
    }

    private static async Task RoundAsync(int seed)
    {
        var expected = new List<string>();
        var single = NumbersSource.Create(Count, new StreamOptions(), ends: true);
        Build(single, new Random(seed)).Sink(expected.Add);
        await single.Start().Completion.Soon();

        var written = new List<string>();
        var store = new InMemoryCheckpointStore();
        var ends = new Random(~seed);
        for (var end = ends.Next(Count); ; end = Math.Min(Count, end + ends.Next(1, Count)))
        {
            var options = new StreamOptions
            {
                Capacity = ends.Next(1, 50),
                Fuse = ends.Next(2) == 0,
                Checkpoints = new CheckpointOptions(store, "stress") { SaveStates = true, Interval = TimeSpan.FromMilliseconds(1), Every = ends.Next(1, 40) },
            };
            var numbers = NumbersSource.Create(end, options, ends: end == Count);
            Build(numbers, new Random(seed)).Sink(written.Add);
            var pipeline = numbers.Start();
            if (end == Count)
            {
                await pipeline.Completion.Soon();
                break;
            }

            while (pipeline.GetSnapshot().Nodes.Single(node => node.Name == "numbers").Received < ends.Next(end + 1))
            {
                await Task.Yield();
            }

            await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        }

        Assert.That(written, Is.EqualTo(expected), $"STREAMZ_STRESS_SEED={seed}");
    }

    private static Stream<string> Build(Stream<int> numbers, Random random)
    {
        var names = 0;
        var stream = numbers;
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            stream = Extend(stream);
        }

        return stream.Map(x => x.ToString(CultureInfo.InvariantCulture));

        Stream<int> Extend(Stream<int> from) => random.Next(13) switch
        {
            0 => from.MapAsync(async x => { await Task.Yield(); return x + 1; }, random.Next(1, 5)),
            1 => from.Buffer(random.Next(1, 20)),
            2 => from.Accumulate((sum, x) => (sum + x) % 1_000, Named()),
            3 => from.Partition(random.Next(1, 5), options: Named()).Flatten(),
            4 => from.SlidingWindow(random.Next(1, 4), options: Named()).Map(window => window.Sum() % 1_000),
            5 => from.Zip(from.Filter(x => x % 2 == 0), maxSize: Count, options: Named()).Map(pair => pair.First + pair.Second),
            6 => from.GroupBy(x => x % 3, group => group.Accumulate((sum, x) => (sum + x) % 1_000), options: Named()).Map(each => each.Value),
            7 => from.Map(async x => { if (x % 5 == 0) { await Task.Yield(); } return x; }),
            8 => from.Unique(random.Next(1, 50), options: Named()),
            9 => from.Zip(from.MapAsync(async x => { await Task.Yield(); return x; }, 3), maxSize: Count, options: Named()).Map(pair => pair.First),
            10 => from.Batch(random.Next(1, 6), options: Named()).Map(batch => batch.Count),
            11 => from.DistinctUntilChanged(options: Named()),
            _ => from.Flatten(x => Enumerable.Repeat(x, x % 3)),
        };

        NodeOptions Named() => new() { Name = $"node {names++}" };
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
