using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class TapTests
{
    [Test, DefaultMode]
    public async Task Tap_Action_SeesEachElementBeforeItGoesOn()
    {
        List<string> seen = [];
        var source = new StreamSource<int>();
        source.Tap(value => seen.Add($"tap {value}")).Sink(value => seen.Add($"sink {value}"));

        await source.EmitAllAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(seen, Is.EqualTo(new[] { "tap 1", "sink 1", "tap 2", "sink 2" }));
    }

    [Test]
    public async Task Tap_Asynchronous_ElementGoesOnWhenItIsDone()
    {
        var looker = new GatedWriter<int>();
        var source = new StreamSource<int>();
        var results = source.Tap(looker.WriteAsync).SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(1).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That((looker.Started.Count, results.Count), Is.EqualTo((1, 0)));
        looker.Finish();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task Tap_Fails_TheElementDoesNotGoOn()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Tap(value => ArgumentOutOfRangeException.ThrowIfNegative(value)).Tap((int value) => value == 2 ? null! : Task.CompletedTask).SinkToList();

        await source.EmitAllAsync([1, -1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public async Task Tap_TimeoutOfTheNode_EndsTheSideEffect()
    {
        var run = new Arrivals<int, int>(stream => stream.Tap(
            (int _, CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation),
            new NodeOptions { Timeout = TimeSpan.FromSeconds(2), OnError = ErrorPolicy.Skip }));

        var delivery = run.Source.DeliverAsync(1);
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromSeconds(2)).Soon();

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public void Tap_ActionOfAnAsynchronousMethod_IsRefused()
    {
        Action<int> look = async _ => await Task.Yield();

        Assert.That(() => new StreamSource<int>().Tap(look), Throws.ArgumentException.With.Message.Contains("Let it return a Task"));
    }

    [Test]
    public void Tap_Label_ShowsTheDelegate()
    {
        Assert.That(new StreamSource<int>().Tap(Console.WriteLine).Node.Label, Is.EqualTo("tap Console.WriteLine"));
        Assert.That(new StreamSource<int>().Tap(async (int _) => await Task.Yield()).Node.MayWait, Is.True);
    }
}
