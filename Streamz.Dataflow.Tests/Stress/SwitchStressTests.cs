using System.Globalization;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Runtime;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>Sequences of every kind, switched at any moment. What was enumerated is judged afterwards; the seed is in each message.</summary>
[TestFixture]
[Category("Stress")]
[CancelAfter(120_000)]
internal sealed class SwitchStressTests
{
    private const int Rounds = 60;

    [Test]
    public async Task Switch_SequencesOfEveryKind_OneAtATimeEachAPrefixAndTheLastWhole()
    {
        var first = Environment.TickCount & 0x3fffffff;
        for (var seed = first; seed < first + Rounds; seed++)
        {
            await RunAsync(seed);
        }
    }

    private static async Task RunAsync(int seed)
    {
        var message = string.Create(CultureInfo.InvariantCulture, $"seed {seed}");
        var random = new Random(seed);
        var source = new StreamSource<Plan>(new StreamOptions { Capacity = random.Next(1, 10), Fuse = random.Next(2) == 0 });
        var watch = new Watch();
        var slow = random.Next(2) == 0;
        var items = new List<(int Number, int Item)>();
        source.Switch(plan => ItemsAsync(plan, watch)).Sink(async item =>
        {
            items.Add(item);
            if (slow && item.Item % 7 == 0)
            {
                await Task.Yield();
            }
        });
        var pipeline = source.Start();
        var count = random.Next(1, 100);
        List<Task<DeliveryOutcome>> deliveries = [];
        for (var number = 0; number < count; number++)
        {
            var isLast = number == count - 1;
            deliveries.Add(source.DeliverAsync(new Plan(number, random.Next(0, 12), random.Next(2) == 0, !isLast && random.Next(3) == 0)));
            for (var yields = random.Next(6); yields > 0; yields--)
            {
                await Task.Yield();
            }

            if (random.Next(10) == 0)
            {
                await pipeline.SettleAsync().Soon();
            }
        }

        var length = 0;
        if (random.Next(4) == 0)
        {
            await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        }
        else
        {
            await source.CompleteAsync().Soon();
            length = watch.LengthOfLast;
        }

        await pipeline.Completion.Soon();
        Assert.That(await Task.WhenAll(deliveries).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered), message);
        Assert.That(watch.MostAtOnce, Is.LessThanOrEqualTo(1), message);
        Assert.That(watch.Open, Is.Zero, message);
        Assert.That(items.Select(item => item.Number), Is.Ordered, message);
        foreach (var sequence in items.GroupBy(item => item.Number))
        {
            Assert.That(sequence.Select(item => item.Item), Is.EqualTo(Enumerable.Range(0, sequence.Count())), message);
        }

        if (length > 0)
        {
            Assert.That(items.Count(item => item.Number == count - 1), Is.EqualTo(length), message);
        }

        await pipeline.Run.Activity.WhenAtRestAsync(settled: false).Soon();
    }

    private static async IAsyncEnumerable<(int Number, int Item)> ItemsAsync(Plan plan, Watch watch, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        watch.Enter(plan);
        try
        {
            for (var item = 0; item < plan.Length; item++)
            {
                if (plan.Yields)
                {
                    await Task.Yield();
                }

                yield return (plan.Number, item);
            }

            if (plan.Hangs)
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        }
        finally
        {
            watch.Leave();
        }
    }

    private sealed record Plan(int Number, int Length, bool Yields, bool Hangs);

    private sealed class Watch
    {
        private int _open;

        public int Open => Volatile.Read(ref _open);

        public int MostAtOnce { get; private set; }

        public int LengthOfLast { get; private set; }

        public void Enter(Plan plan)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _open));
            LengthOfLast = plan.Length;
        }

        public void Leave() => Interlocked.Decrement(ref _open);
    }
}
