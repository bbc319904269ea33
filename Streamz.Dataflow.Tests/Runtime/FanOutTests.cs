namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture]
[CancelAfter(30_000)]
internal sealed class FanOutTests
{
    [Test, DefaultMode]
    public async Task Branches_OneSuspends_LaterOnesStartBeforeItGoesOn()
    {
        var source = new StreamSource<int>();
        var gate = new TaskCompletionSource();
        var lastStarted = new TaskCompletionSource();
        var seen = new List<string>();
        source.Sink(async value =>
        {
            seen.Add($"a starts {value}");
            await gate.Task;
            seen.Add($"a ends {value}");
        });
        source.Sink(value => seen.Add($"b {value}"));
        source.Sink(value =>
        {
            seen.Add($"c {value}");
            lastStarted.TrySetResult();
        });
        var delivery = source.DeliverAsync(1);
        await lastStarted.Task.Soon();
        Assert.That(delivery.IsCompleted, Is.False);
        gate.SetResult();
        await delivery.Soon();
        await source.DeliverAsync(2).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(
            seen,
            Is.EqualTo(new[] { "a starts 1", "b 1", "c 1", "a ends 1", "a starts 2", "a ends 2", "b 2", "c 2" }),
            "At the second element the gate is open, and the first branch has nothing to wait for.");
    }

    [Test]
    public async Task Branches_OneIsSlow_NoneIsAheadByMoreThanTheElementAtWork()
    {
        var source = new StreamSource<int>();
        var turnstile = new Turnstile();
        var fast = 0;
        source.Sink(_ => turnstile.PassAsync());
        source.Sink(_ => Interlocked.Increment(ref fast));
        await source.EmitAsync(0).Soon();
        for (var value = 1; value < 10; value++)
        {
            turnstile.LetOne();
            await source.EmitAsync(value).Soon();
            Assert.That(Volatile.Read(ref fast), Is.InRange(value, value + 1));
        }

        turnstile.Open();
        await source.CompleteAsync().Soon();
        Assert.That(fast, Is.EqualTo(10));
    }

    [TestCase(true, false)]
    [TestCase(true, true)]
    [TestCase(false, false)]
    [TestCase(false, true)]
    public async Task Branches_OneFailsAndSkips_OthersGetEverything(bool failsFirst, bool isAsynchronous)
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        if (failsFirst)
        {
            AddFailing();
        }

        var first = source.Map(value => value).SinkToList();
        var second = source.Buffer(3).SinkToList();
        if (!failsFirst)
        {
            AddFailing();
        }

        var third = source.MapAsync(async value =>
        {
            await Task.Yield();
            return value;
        }).SinkToList();
        var pipeline = source.Start();
        await source.EmitAllAsync(Enumerable.Range(0, 50)).Soon();
        await source.CompleteAsync().Soon();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first, Is.EqualTo(Enumerable.Range(0, 50)));
            Assert.That(second, Is.EqualTo(Enumerable.Range(0, 50)));
            Assert.That(third, Is.EqualTo(Enumerable.Range(0, 50)));
            Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "failing").Failed, Is.EqualTo(50));
        }

        void AddFailing()
        {
            if (isAsynchronous)
            {
                source.Sink(async (int _) =>
                {
                    await Task.Yield();
                    throw new InvalidOperationException();
                }).Named("failing");
            }
            else
            {
                source.Map<int, int>(_ => throw new InvalidOperationException()).Named("failing").SinkToList();
            }
        }
    }
}
