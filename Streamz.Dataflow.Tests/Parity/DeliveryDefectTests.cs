using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>Defects of streamz in what becomes of an element: lost, done too early, done several times.</summary>
[TestFixture]
public sealed class DeliveryDefectTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    [Defect("D3")]
    public async Task Buffer_DownstreamFails_EmittersAreTold()
    {
        var source = new StreamSource<int>();
        source.Buffer(3).Map(x => x == 2 ? throw new InvalidOperationException("two") : x).Named("fragile").SinkToList();
        var pipeline = source.Start();

        Assert.That(
            async () => await source.EmitAllAsync(Enumerable.Range(0, 1_000_000)).Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property(nameof(NodeFailedException.NodeName)).EqualTo("fragile"));
        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
    }

    [Test]
    [Defect("D3")]
    public async Task TimedWindow_DownstreamSkipsAFailure_GoesOnTicking()
    {
        var clock = new FakeTimeProvider();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock, OnError = ErrorPolicy.Skip });
        var sums = source.TimedWindow(s_second).Map(window => window.Contains(2) ? throw new InvalidOperationException("two") : window.Sum()).SinkToList();
        var pipeline = source.Start();

        foreach (var x in new[] { 1, 2, 3 })
        {
            await source.EmitAsync(x).Soon();
            await pipeline.AdvanceAsync(clock, s_second).Soon();
        }

        Assert.That(sums, Is.EqualTo(new[] { 1, 3 }));
        await source.CompleteAsync().Soon();
    }

    [Test]
    [Defect("D4")]
    [Defect("D16")]
    public async Task DeliverAsync_AsynchronousSink_WaitsUntilItHasWritten()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.RateLimit(TimeSpan.FromTicks(1)).MapAsync(x => ValueTask.FromResult(x), 2).Sink(writer.WriteAsync);
        var pipeline = source.Start();

        var delivery = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1 }));
        Assert.That(delivery.IsCompleted, Is.False);
        writer.Finish();

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
    }

    [TestCase(1)]
    [TestCase(4)]
    [Defect("D5")]
    public async Task DeliverAsync_FailedElement_IsNeverDelivered(int parallelism)
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.MapAsync(async x =>
        {
            await Task.Yield();
            return x == 2 ? throw new InvalidOperationException("two") : x;
        }, parallelism).SinkToList();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(x => source.DeliverAsync(x))).Soon();

        Assert.That(outcomes, Is.EqualTo(new[] { DeliveryOutcome.Delivered, DeliveryOutcome.Delivered, DeliveryOutcome.Dropped, DeliveryOutcome.Delivered, DeliveryOutcome.Delivered }));
        Assert.That(results, Is.EqualTo(new[] { 0, 1, 3, 4 }));
    }

    [Test]
    [Defect("D12")]
    public async Task Branches_OneFails_SiblingsGetTheElement()
    {
        var tickets = new List<FollowedElement>();
        var source = new StreamSource<int>();
        var branching = source.Ticketed(tickets);
        var before = branching.SinkToList();
        branching.Sink(x => throw new InvalidOperationException("no"));
        var after = branching.SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(1).Soon();
        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());

        Assert.That(before, Is.EqualTo(new[] { 1 }));
        Assert.That(after, Is.EqualTo(new[] { 1 }));
        Assert.That(tickets.Single().Released.IsCompletedSuccessfully, Is.True);
        Assert.That(await tickets.Single().Delivered.Soon(), Is.EqualTo(DeliveryOutcome.Failed));
    }

    [Test]
    [Defect("D15")]
    public async Task DisposeAsync_FullBuffer_IsDrained()
    {
        var written = new List<int>();
        await using (var source = new StreamSource<int>())
        {
            source.Buffer(10).Sink(async x =>
            {
                await Task.Yield();
                written.Add(x);
            });
            await source.EmitAllAsync(Enumerable.Range(0, 5)).Soon();
        }

        Assert.That(written, Is.EqualTo(Enumerable.Range(0, 5)));
    }

    [Test]
    [Defect("D15")]
    public async Task DisposeAsync_Pipeline_FlushesWhatIsPartial()
    {
        var source = new StreamSource<int>();
        var batches = source.Partition(10, TimeSpan.FromDays(1)).Buffer(10).SinkToList();
        await using (source.Start())
        {
            await source.EmitAllAsync(Enumerable.Range(0, 5)).Soon();
        }

        Assert.That(batches, Is.EqualTo(new int[][] { [0, 1, 2, 3, 4] }));
    }

    [Test]
    [Defect("D16")]
    public async Task Source_AsynchronousSink_IsAwaited()
    {
        var written = new List<string>();
        var pipeline = StreamSource.FromTextFile(new StringReader("a\nb\nc")).Sink(async line =>
        {
            await Task.Yield();
            written.Add(line);
        }).Start();

        await pipeline.Completion.Soon();

        Assert.That(written, Is.EqualTo(new[] { "a", "b", "c" }));
    }

    [Test]
    [Defect("D17")]
    public async Task Sink_Asynchronous_IsAwaitedOnAPlainStream()
    {
        var written = new List<int>();
        var source = new StreamSource<int>();
        source.Sink(async x =>
        {
            await Task.Yield();
            written.Add(x);
        });

        await source.EmitAllAsync([1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(written, Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(() => source.Sink(AsyncVoid), Throws.ArgumentException.With.Message.Contains("Task"), "What nobody could await is refused.");

        static async void AsyncVoid(int x) => await Task.Yield();
    }

    [Test]
    [Defect("D36")]
    public async Task Ticket_ManyCopies_SettlesOnce()
    {
        var followed = new FollowedElement();
        var ticket = followed.Ticket;
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                ticket.Hold();
                ticket.Retain();
                ticket.Release();
                ticket.ReleaseRetained();
            }
        });
        Assert.That(followed.Released.IsCompleted, Is.False);
        ticket.Release();
        Assert.That((followed.Delivered.IsCompletedSuccessfully, followed.Released.IsCompletedSuccessfully), Is.EqualTo((true, true)));

        var source = new StreamSource<int>();
        var tickets = new List<FollowedElement>();
        var branching = source.Ticketed(tickets);
        branching.Flatten(x => Enumerable.Range(0, x)).Partition(3).SinkToList();
        branching.SlidingWindow(2).Zip(branching.Map(x => x)).SinkToList();
        await source.EmitAllAsync(Enumerable.Range(0, 20)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(tickets, Has.Count.EqualTo(20));
        Assert.That(tickets.Select(each => each.Released.IsCompletedSuccessfully && each.Delivered.IsCompletedSuccessfully), Is.All.True);
    }
}
