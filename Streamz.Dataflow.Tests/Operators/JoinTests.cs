using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class JoinTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Join_WithinTheTime_PairsAlsoAtItsLastMoment()
    {
        var shop = new Shop();
        await shop.PutAsync(shop.Orders, "a1", "b1");
        await shop.PassAsync(5);
        await shop.PutAsync(shop.Payments, "a2");
        await shop.PassAsync(1);
        await shop.PutAsync(shop.Payments, "b2");
        await shop.EndAsync();

        Assert.That(shop.Pairs, Is.EqualTo(new[] { ("a1", "a2") }), "b is a second too late.");
    }

    [Test]
    public async Task Join_SeveralPartners_ComeInTheOrderOfTheirArrival()
    {
        var shop = new Shop();
        await shop.PutAsync(shop.Payments, "a1", "b", "a2");
        await shop.PutAsync(shop.Orders, "a3", "a4");
        await shop.PutAsync(shop.Payments, "a5");
        await shop.EndAsync();

        Assert.That(shop.Pairs, Is.EqualTo(new[] { ("a3", "a1"), ("a3", "a2"), ("a4", "a1"), ("a4", "a2"), ("a3", "a5"), ("a4", "a5") }));
    }

    [Test]
    public async Task Join_TimeIsOver_SettlesTheTicket()
    {
        var shop = new Shop();
        var paired = shop.Orders.DeliverAsync("a1");
        var alone = shop.Orders.DeliverAsync("b1");
        await shop.PutAsync(shop.Payments, "a2");
        Assert.That(paired.IsCompleted || alone.IsCompleted, Is.False, "Both may still find a partner.");
        await shop.PassAsync(6);

        Assert.That(await paired.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(await alone.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(shop.Pipeline.GetSnapshot().Nodes.Single(node => node.Name.StartsWith("join", StringComparison.Ordinal)).Dropped, Is.EqualTo(1));
        await shop.EndAsync();
    }

    [Test]
    public async Task Join_SlowSink_MeasuresFromTheArrival()
    {
        var clock = new FakeTimeProvider();
        var writer = new GatedWriter<(int First, int Second)>();
        var first = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var second = new StreamSource<int>();
        first.Join(second, value => value % 10, value => value % 10, 5 * s_second).Sink(writer.WriteAsync);
        var pipeline = first.Start();
        await first.EmitAllAsync([1, 2]).Soon();
        await pipeline.SettleAsync().Soon();

        await second.EmitAllAsync([11, 12]).Soon();
        await pipeline.AdvanceAsync(clock, 20 * s_second, s_second).Soon();
        writer.Finish(2);
        await Task.WhenAll(first.CompleteAsync(), second.CompleteAsync()).Soon();

        Assert.That(writer.Finished, Is.EqualTo(new[] { (1, 11), (2, 12) }), "12 waited while the sink was at the pair before.");
    }

    [Test]
    public async Task Join_SideIsFull_WaitsForTheTimeOfItsOldest()
    {
        var shop = new Shop(maxHeld: 2);
        var emits = new[] { "a1", "b1", "c1" }.Select(value => shop.Orders.EmitAsync(value).AsTask()).ToList();
        await shop.Pipeline.SettleAsync().Soon();
        Assert.That(emits.Select(emit => emit.IsCompleted), Is.EqualTo(new[] { true, true, false }));
        await shop.PassAsync(6);
        await emits[2].Soon();
        await shop.PutAsync(shop.Payments, "a2", "c2");
        await shop.EndAsync();

        Assert.That(shop.Pairs, Is.EqualTo(new[] { ("c1", "c2") }), "c arrived when there was room, a was gone by then.");
    }

    [Test]
    public async Task Join_SeveralOfDifferentAge_EachIsLetGoOfInItsTime()
    {
        var shop = new Shop();
        var first = shop.Orders.DeliverAsync("a1");
        await shop.PassAsync(3);
        var second = shop.Payments.DeliverAsync("b1");
        await shop.PassAsync(3);
        Assert.That((first.IsCompleted, second.IsCompleted), Is.EqualTo((true, false)));
        await shop.PassAsync(3);

        Assert.That(await second.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await shop.EndAsync();
    }

    [Test]
    public async Task Join_NothingIsHeldAnyMore_NoTimerIsLeft()
    {
        var shop = new Shop();
        var held = shop.Orders.DeliverAsync("a1");
        await shop.Pipeline.SettleAsync().Soon();
        var idle = shop.Pipeline.WhenIdleAsync();
        Assert.That(idle.IsCompleted, Is.False);

        await shop.Payments.CompleteAsync().Soon();

        Assert.That(await held.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await idle.Soon();
        await shop.EndAsync();
    }

    [Test]
    public async Task Join_SideEndsAndHoldsNothing_EndsAtOnce()
    {
        var shop = new Shop();
        await shop.PutAsync(shop.Payments, "a2");

        shop.Orders.Complete();
        await shop.Pipeline.Completion.Soon();

        Assert.That(shop.Pairs, Is.Empty);
    }

    [Test]
    public async Task Join_StateIsRestored_WhatIsHeldKeepsItsAge([Values] bool inTheFirst)
    {
        var clock = new FakeTimeProvider();
        var options = new StreamOptions { TimeProvider = clock, Checkpoints = new CheckpointOptions(new InMemoryCheckpointStore(), "shop") { SaveStates = true } };
        var before = Build();
        await (inTheFirst ? before.First : before.Second).EmitAsync(7).Soon();
        await before.Pipeline.AdvanceAsync(clock, 3 * s_second, s_second).Soon();
        await before.Pipeline.StopAsync(TimeSpan.Zero).Soon();

        var after = Build();
        await after.Pipeline.AdvanceAsync(clock, s_second, s_second).Soon();
        Assert.That(DroppedOf(after.Pipeline), Is.Zero);
        await after.Pipeline.AdvanceAsync(clock, 2 * s_second, s_second).Soon();
        Assert.That(DroppedOf(after.Pipeline), Is.EqualTo(1));
        await after.Pipeline.StopAsync(s_second).Soon();

        (StreamSource<int> First, StreamSource<int> Second, Pipeline Pipeline) Build()
        {
            var (first, second) = (new StreamSource<int>(options), new StreamSource<int>());
            var pipeline = first.Join(second, x => x, x => x, 5 * s_second, options: new NodeOptions { Name = "join" }).Sink(_ => { }).Start();
            return (first, second, pipeline);
        }

        static long DroppedOf(Pipeline pipeline) => pipeline.GetSnapshot().Nodes.Single(node => node.Name == "join").Dropped;
    }

    [Test]
    public async Task Join_OtherSideHasEnded_LetsGoOfWhatCanFindNoPartner()
    {
        var shop = new Shop();
        var held = shop.Orders.DeliverAsync("a1");
        await shop.PutAsync(shop.Payments, "b2");
        await shop.Payments.CompleteAsync().Soon();
        Assert.That(await held.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));

        Assert.That(await shop.Orders.DeliverAsync("b1").Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(await shop.Orders.DeliverAsync("c1").Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await shop.EndAsync();

        Assert.That(shop.Pairs, Is.EqualTo(new[] { ("b1", "b2") }));
    }

    [Test]
    public async Task Join_SideHasEndedAndItsTimeIsOver_EndsAndStopsTheOther()
    {
        var shop = new Shop();
        await shop.PutAsync(shop.Orders, "a1");
        await shop.Orders.CompleteAsync().Soon();
        await shop.PassAsync(5);
        Assert.That(shop.Pipeline.Completion.IsCompleted, Is.False);
        await shop.PutAsync(shop.Payments, "a2");
        await shop.PassAsync(1);
        await shop.Pipeline.Completion.Soon();

        Assert.That(shop.Pairs, Is.EqualTo(new[] { ("a1", "a2") }));
        Assert.That(async () => await shop.Payments.EmitAsync("a3"), Throws.TypeOf<PipelineClosedException>());
    }

    [Test]
    public async Task Join_KeySelectorFails_LosesThatElementOnly()
    {
        var shop = new Shop(options: new NodeOptions { OnError = ErrorPolicy.Skip });
        await shop.PutAsync(shop.Orders, "a1");
        Assert.That(await shop.Payments.DeliverAsync("").Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await shop.PutAsync(shop.Payments, "a2");
        await shop.EndAsync();

        Assert.That(shop.Pairs, Is.EqualTo(new[] { ("a1", "a2") }));
    }

    [Test]
    public async Task Join_SecondRun_HoldsNothingOfTheFirst()
    {
        var shop = new Shop();
        await shop.PutAsync(shop.Orders, "a1");
        await shop.EndAsync();
        shop.Start();
        await shop.PutAsync(shop.Payments, "a2");
        await shop.PutAsync(shop.Orders, "a3");
        await shop.EndAsync();

        Assert.That(shop.Pairs, Is.EqualTo(new[] { ("a3", "a2") }));
    }

    [Test]
    public async Task Join_Comparer_ComparesTheKeys()
    {
        var first = new StreamSource<string>(new StreamOptions { TimeProvider = new FakeTimeProvider() });
        var second = new StreamSource<string>();
        var pairs = first.Join(second, value => value, value => value, s_second, comparer: StringComparer.OrdinalIgnoreCase).SinkToList();
        pairs.Start();

        await first.EmitAsync("a").Soon();
        await second.EmitAsync("A").Soon();
        await Task.WhenAll(first.CompleteAsync(), second.CompleteAsync()).Soon();

        Assert.That(pairs, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Join_TimeWithoutEnd_IsTimedInPieces()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var pairs = first.Join(second, value => value, value => value, TimeSpan.MaxValue).SinkToList();
        pairs.Start();

        await first.EmitAsync(1).Soon();
        await second.EmitAsync(1).Soon();
        await Task.WhenAll(first.CompleteAsync(), second.CompleteAsync()).Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (1, 1) }));
    }

    [Test]
    public void Join_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(
            () => source.Join(source, value => value, value => value, TimeSpan.Zero),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("within"));
        Assert.That(
            () => source.Join(source, value => value, value => value, s_second, maxHeld: 0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxHeld"));
        Assert.That(
            () => source.Join(source, value => Task.FromResult(value), value => Task.FromResult(value), s_second),
            Throws.ArgumentException.With.Message.Contains("Join"));
        Assert.That(source.Join(source, value => value, value => value, s_second).Node.Label, Is.EqualTo("join 1 s by value => value"));
    }

    /// <summary>Orders and payments whose first letter is the key, joined within five seconds.</summary>
    private sealed class Shop
    {
        private readonly FakeTimeProvider _clock = new();

        public Shop(int maxHeld = 100, NodeOptions? options = null)
        {
            Orders = new StreamSource<string>(new StreamOptions { TimeProvider = _clock });
            Pairs = Orders.Join(Payments, order => order[0], payment => payment[0], 5 * s_second, maxHeld, options: options).SinkToList();
            Pipeline = Pairs.Start();
        }

        public StreamSource<string> Orders { get; }

        public StreamSource<string> Payments { get; } = new();

        public SinkList<(string First, string Second)> Pairs { get; }

        public Pipeline Pipeline { get; private set; }

        public void Start() => Pipeline = Pairs.Start();

        public async Task PutAsync(StreamSource<string> source, params string[] values)
        {
            foreach (var value in values)
            {
                await source.EmitAsync(value).Soon();
                await Pipeline.SettleAsync().Soon();
            }
        }

        public Task PassAsync(int seconds) => Pipeline.AdvanceAsync(_clock, seconds * s_second, s_second).Soon();

        public async Task EndAsync()
        {
            await Task.WhenAll(Orders.CompleteAsync(), Payments.CompleteAsync()).Soon();
            await Pipeline.Completion.Soon();
        }
    }
}
