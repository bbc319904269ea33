using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture]
[CancelAfter(30_000)]
internal sealed class JoinStallTests
{
    [Test]
    public async Task Zip_SideHoldsBackItsOwnBranchPoint_FaultsAndNamesBothSides()
    {
        var source = new StreamSource<int>();
        var all = source.Map(value => value).Named("all");
        var none = source.Filter(_ => false).Named("none");
        all.Zip(none, maxSize: 2).Named("pairs").SinkToList();
        var pipeline = source.Start();
        var emits = Enumerable.Range(0, 1_000).Select(value => source.EmitAsync(value).AsTask()).ToList();
        await pipeline.Completion.Ended();
        await Task.WhenAll(emits).Ended();
        Assert.That(
            pipeline.Completion.Exception?.InnerException,
            Is.InstanceOf<NodeFailedException>().With.InnerException.InstanceOf<JoinStalledException>()
                .And.Message.Contains("pairs").And.Message.Contains("'all'").And.Message.Contains("'none'"));
    }

    [Test]
    public async Task Zip_IndependentSourceIsSlow_Waits()
    {
        var fast = new StreamSource<int>();
        var slow = new StreamSource<int>();
        var pairs = fast.Map(value => value).Zip(slow.Map(value => value), maxSize: 1).SinkToList();
        var pipeline = fast.Start();
        var emits = Enumerable.Range(0, 5).Select(value => fast.EmitAsync(value).AsTask()).ToList();
        await pipeline.WhenIdleAsync().Soon();
        Assert.That(pipeline.Completion.IsCompleted, Is.False);
        for (var value = 0; value < 5; value++)
        {
            await slow.EmitAsync(value).Soon();
        }

        await Task.WhenAll(emits).Soon();
        fast.Complete();
        slow.Complete();
        await pipeline.Completion.Soon();
        Assert.That(pairs, Has.Count.EqualTo(5));
    }

    [Test]
    public async Task Zip_AsyncBranchIsSlow_DoesNotFault()
    {
        var source = new StreamSource<int>();
        var turnstile = new Turnstile();
        var pairs = source.Map(value => value).Zip(source.Buffer(50).MapAsync(turnstile.PassAsync), maxSize: 1).SinkToList();
        var pipeline = source.Start();
        var emits = Enumerable.Range(0, 5).Select(value => source.EmitAsync(value).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();
        turnstile.Open();
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(pairs, Has.Count.EqualTo(5));
    }

    [Test]
    public async Task Zip_StarvingSideIsHeldBackByAnIndependentSource_Waits()
    {
        var shared = new StreamSource<int>();
        var late = new StreamSource<int>();
        var other = new StreamSource<int>();
        var middle = shared.Map(value => value);
        var first = middle.Zip(late, maxSize: 1).SinkToList();
        var second = other.Map(value => value).Zip(middle, maxSize: 1).SinkToList();
        var pipeline = shared.Start();
        var emits = Enumerable.Range(0, 6).SelectMany(value => new[] { shared.EmitAsync(value).AsTask(), other.EmitAsync(value).AsTask() }).ToList();
        await pipeline.WhenIdleAsync().Soon();
        Assert.That(pipeline.Completion.IsCompleted, Is.False, "the late source may still emit");
        for (var value = 0; value < 6; value++)
        {
            await late.EmitAsync(value).Soon();
        }

        await Task.WhenAll(emits).Soon();
        shared.Complete();
        late.Complete();
        other.Complete();
        await pipeline.Completion.Soon();
        Assert.That((first.Count, second.Count), Is.EqualTo((6, 6)));
    }

    [Test]
    public async Task Zip_StalledByAWindowOfTheClock_Faults()
    {
        var clock = new FakeTimeProvider();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var windows = source.TimedWindow(TimeSpan.FromSeconds(1));
        windows.Zip(windows.Filter(_ => false), maxSize: 1).SinkToList();
        var pipeline = source.Start();
        for (var value = 0; value < 2; value++)
        {
            await source.EmitAsync(value).AsTask().Ended();
            await Task.WhenAny(pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(1)), pipeline.Completion).Soon();
        }

        await pipeline.Completion.Ended();
        Assert.That(pipeline.Completion.Exception?.InnerException?.InnerException, Is.InstanceOf<JoinStalledException>());
    }

    [Test]
    public async Task Zip_OneSourceEndsWhileTheOtherWaits_DropsLeftovers()
    {
        for (var round = 0; round < 100; round++)
        {
            var full = new StreamSource<int>();
            var closing = new StreamSource<int>();
            full.Map(value => value).Zip(closing, maxSize: 1).SinkToList();
            var pipeline = full.Start();
            var emits = Enumerable.Range(0, 4).Select(value => full.DeliverAsync(value)).ToList();
            closing.Complete();
            await Task.WhenAll(emits).Soon();
            full.Complete();
            await pipeline.Completion.Soon();
            Assert.That(emits.Select(emit => emit.Result), Is.All.EqualTo(DeliveryOutcome.Dropped), $"round {round}");
        }
    }
}
