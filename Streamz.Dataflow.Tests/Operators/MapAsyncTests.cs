using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(30_000)]
internal sealed class MapAsyncTests
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task MapAsync_Degree_IsReachedAndNeverExceeded(bool ordered)
    {
        const int degree = 3;
        var source = new StreamSource<int>();
        var open = new TaskCompletionSource();
        var running = 0;
        var most = 0;
        var gate = new Lock();
        var results = source.MapAsync(
            async (int value) =>
            {
                lock (gate)
                {
                    most = Math.Max(most, ++running);
                }

                await open.Task;
                lock (gate)
                {
                    running--;
                }

                return value;
            },
            degree,
            ordered).SinkToList();
        var pipeline = source.Start();
        var emits = Enumerable.Range(0, 20).Select(value => source.EmitAsync(value).AsTask()).ToList();

        await pipeline.SettleAsync().Soon();
        Assert.That(running, Is.EqualTo(degree));
        Assert.That(emits.Count(emit => emit.IsCompletedSuccessfully), Is.EqualTo(2 * degree), "Twice the degree has places.");

        open.SetResult();
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(most, Is.EqualTo(degree));
        Assert.That(results, ordered ? Is.EqualTo(Enumerable.Range(0, 20)) : Is.EquivalentTo(Enumerable.Range(0, 20)));
    }

    [Test]
    public async Task MapAsync_Ordered_LaterResultWaitsForItsTurn()
    {
        var (source, calls, results) = Build(ordered: true);
        var pipeline = source.Start();
        await source.EmitAsync(0);
        await source.EmitAsync(1);

        calls[1].SetResult(1);
        await pipeline.SettleAsync().Soon();
        Assert.That(results, Is.Empty);

        calls[0].SetResult(0);
        await source.CompleteAsync().Soon();
        Assert.That(results, Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public async Task MapAsync_Unordered_GivesResultsAsTheyCome()
    {
        var (source, calls, results) = Build(ordered: false);
        await source.EmitAsync(0);
        var second = source.DeliverAsync(1);

        calls[1].SetResult(1);
        await second.Soon();
        Assert.That(results, Is.EqualTo(new[] { 1 }));

        calls[0].SetResult(0);
        await source.CompleteAsync().Soon();
    }

    [Test]
    public void MapAsync_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.MapAsync((Func<int, Task<int>>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("map"));
        Assert.That(
            () => source.MapAsync((int value) => Task.FromResult(value), 0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxDegreeOfParallelism"));
    }

    [Test]
    public async Task MapAsync_Abort_CancelsTheTokenOfTheDelegate()
    {
        var source = new StreamSource<int>();
        var seen = new TaskCompletionSource();
        source.MapAsync(async (int value, CancellationToken aborted) =>
        {
            using var registration = aborted.Register(seen.SetResult);
            await Task.Delay(Timeout.Infinite, aborted);
            return value;
        }).SinkToList();
        var pipeline = source.Start();
        var delivery = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();

        var report = await pipeline.StopAsync(TimeSpan.Zero).Soon();

        await seen.Task.Soon();
        Assert.That(report.Abandoned, Is.EqualTo(1));
        Assert.That(async () => await delivery, Throws.TypeOf<ElementAbandonedException>());
    }

    private static (StreamSource<int> Source, TaskCompletionSource<int>[] Calls, SinkList<int> Results) Build(bool ordered)
    {
        var source = new StreamSource<int>();
        TaskCompletionSource<int>[] calls = [new(), new()];
        var results = source.MapAsync((int value) => calls[value].Task, maxDegreeOfParallelism: 2, ordered: ordered).SinkToList();
        return (source, calls, results);
    }
}
