using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Traps;

/// <summary>Traps 16 to 21: bounds, order, batches and bridges of TPL Dataflow.</summary>
[TestFixture]
public sealed class PressureTrapTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [TestCase(null)]
    [TestCase(1)]
    [TestCase(8)]
    [Trap(16)]
    public async Task MapAsync_SmallBound_KeepsItsParallelism(int? capacity)
    {
        var work = new GatedWriter<int>();
        var source = new StreamSource<int>();
        var results = source.MapAsync(work.CallAsync, 8, options: new NodeOptions { Capacity = capacity }).SinkToList();
        var pipeline = source.Start();

        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 8));
        await pipeline.SettleAsync().Soon();
        Assert.That(work.Started, Has.Count.EqualTo(8));
        work.Finish(8);
        await emits.Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 8)));
    }

    [Test]
    [Trap(16)]
    public async Task MapAsync_FullAndOneIsSkipped_TakesTheNextAtOnce()
    {
        var work = new GatedWriter<int>();
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.MapAsync(async x => await work.CallAsync(x) < 4 ? throw new InvalidOperationException("small") : x, 4).SinkToList();
        var pipeline = source.Start();

        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 12));
        for (var i = 0; i < 12; i++)
        {
            await pipeline.SettleAsync().Soon();
            work.Finish();
        }

        await emits.Soon();
        await source.CompleteAsync().Soon();
        Assert.That(results, Is.EqualTo(Enumerable.Range(4, 8)));
    }

    [Test]
    [Trap(17)]
    public async Task MapAsync_OneIsStuck_OrderedStallsWithinItsBoundUnorderedGoesOn()
    {
        foreach (var ordered in new[] { true, false })
        {
            var stuck = new TaskCompletionSource();
            var started = 0;
            var source = new StreamSource<int>();
            var results = source.MapAsync(
                async x =>
                {
                    Interlocked.Increment(ref started);
                    await (x == 0 ? stuck.Task : Task.CompletedTask);
                    return x;
                },
                4,
                ordered).SinkToList();
            var pipeline = source.Start();
            var emits = source.EmitTogetherAsync(Enumerable.Range(0, 1000));
            await pipeline.SettleAsync().Soon();
            if (ordered)
            {
                Assert.That(started, Is.EqualTo(8), "Twice the degree: finished results that wait for their turn take places.");
                Assert.That(results, Is.Empty);
            }
            else
            {
                await emits.Soon();
                await pipeline.SettleAsync().Soon();
                Assert.That(results, Has.Count.EqualTo(999));
            }

            stuck.SetResult();
            await emits.Soon();
            await source.CompleteAsync().Soon();
            Assert.That(results, Is.EquivalentTo(Enumerable.Range(0, 1000)));
        }
    }

    [Test, DefaultMode]
    [Trap(18)]
    public async Task Flatten_EndlessExpansion_IsPulledAtThePaceOfTheSink()
    {
        var writer = new GatedWriter<int>();
        var pulled = 0;
        var source = new StreamSource<int>();
        source.Flatten(_ => Endless()).Buffer(3).Sink(writer.WriteAsync);
        var pipeline = source.Start();

        await source.EmitAsync(1).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(pulled, Is.EqualTo(5), "Four places of the buffer, and one that waits for the next.");
        writer.Finish();
        await pipeline.SettleAsync().Soon();
        Assert.That(pulled, Is.EqualTo(6));

        var stopping = pipeline.StopAsync(TimeSpan.Zero);
        writer.Finish();
        await stopping.Soon();

        IEnumerable<int> Endless()
        {
            while (true)
            {
                yield return ++pulled;
            }
        }
    }

    [Test]
    [Trap(18)]
    public async Task FromAsyncEnumerable_Endless_IsPulledAtThePaceOfTheSink()
    {
        var writer = new GatedWriter<int>();
        var pulled = 0;
        var pipeline = StreamSource.FromAsyncEnumerable(Endless()).Sink(writer.WriteAsync).Start();

        await pipeline.SettleAsync().Soon();
        Assert.That(pulled, Is.EqualTo(2));
        var stopping = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        writer.Finish();
        await stopping.Soon();

        async IAsyncEnumerable<int> Endless()
        {
            while (true)
            {
                yield return await ValueTask.FromResult(++pulled);
            }
        }
    }

    [Test]
    [Trap(19)]
    public async Task Partition_ZerosAndSteadyArrivals_LeaveByAgeAndNoneIsLost()
    {
        var clock = new FakeTimeProvider();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var batches = source.Partition(100, s_second).SinkToList();
        var pipeline = source.Start();

        for (var i = 0; i < 30; i++)
        {
            await source.EmitAsync(i % 3).Soon();
            await pipeline.AdvanceAsync(clock, s_second / 4).Soon();
        }

        Assert.That(batches, Has.Count.GreaterThanOrEqualTo(6), "An arrival does not put the deadline off.");
        Assert.That(batches.Select(batch => batch.Count), Is.All.LessThanOrEqualTo(5));
        await source.CompleteAsync().Soon();

        Assert.That(batches.SelectMany(batch => batch), Is.EqualTo(Enumerable.Range(0, 30).Select(i => i % 3)));
    }

    [Test]
    [Trap(20)]
    public async Task EmitAsync_PipelineIsFull_DoesNotBlockItsThread()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>(new StreamOptions { MaxWaitingEmits = 5 });
        source.Sink(writer.WriteAsync);
        var pipeline = source.Start();

        var emits = Enumerable.Range(0, 6).Select(x => source.EmitAsync(x).AsTask()).ToList();
        Assert.That(emits.Count(emit => !emit.IsCompleted), Is.EqualTo(5), "All six calls returned while the sink is at the first.");
        Assert.That(async () => await source.EmitAsync(6).Soon(), Throws.TypeOf<PipelineFullException>(), "What waits is bounded.");
        for (var i = 0; i < 6; i++)
        {
            await pipeline.SettleAsync().Soon();
            writer.Finish();
        }

        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();
    }

    [Test]
    [Trap(21)]
    public void Sequence_FailsInTheMiddle_FaultIsShown()
    {
        var values = StreamSource.FromAsyncEnumerable(Failing()).SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(async () => await values.Start().Completion.Soon());

        Assert.That(failure!.InnerException, Is.TypeOf<InvalidDataException>());
        Assert.That(values, Is.EqualTo(new[] { 1 }), "What came before is there, once.");

        static async IAsyncEnumerable<int> Failing()
        {
            yield return await ValueTask.FromResult(1);
            throw new InvalidDataException("broken");
        }
    }
}
