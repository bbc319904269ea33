using System.Runtime.CompilerServices;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Runtime;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
internal sealed class SwitchTests
{
    [Test]
    public async Task Switch_NewerElement_CancelsAndDisposesTheSequenceBefore()
    {
        var feeds = new Feeds();
        var source = new StreamSource<int>();
        var items = source.Switch(feeds.Open).SinkToList();
        var pipeline = source.Start();

        var first = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        feeds[1].Emit("a");
        await pipeline.SettleAsync().Soon();
        Assert.That(first.IsCompleted, Is.False, "Held until its sequence has ended.");

        var second = source.DeliverAsync(2);
        await pipeline.SettleAsync().Soon();
        Assert.That(feeds[1].IsDisposed, Is.True);
        Assert.That(await first.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        feeds[1].Emit("late");
        feeds[2].Emit("b");
        await pipeline.SettleAsync().Soon();

        Assert.That(items, Is.EqualTo(new[] { "1a", "2b" }));
        Assert.That(second.IsCompleted, Is.False);
        feeds[2].End();
        Assert.That(await second.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Switch_InputEnds_GoesOnToTheEndOfTheLastSequence()
    {
        var feeds = new Feeds();
        var source = new StreamSource<int>();
        var items = source.Switch(feeds.Open).SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(1);
        await pipeline.SettleAsync().Soon();

        var completed = source.CompleteAsync();
        await pipeline.SettleAsync().Soon();
        Assert.That(completed.IsCompleted, Is.False);
        feeds[1].Emit("a");
        feeds[1].End();
        await completed.Soon();

        Assert.That(items, Is.EqualTo(new[] { "1a" }));
        await pipeline.Completion.Soon();
    }

    [Test]
    public async Task Switch_SequenceFails_FailsItsElementAfterTheItemsBefore()
    {
        var feeds = new Feeds();
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var items = source.Switch(feeds.Open).SinkToList();
        var pipeline = source.Start();
        var first = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        feeds[1].Emit("a");
        feeds[1].Fail(new FormatException());

        Assert.That(await first.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        var second = source.DeliverAsync(2);
        await pipeline.SettleAsync().Soon();
        feeds[2].Emit("b");
        feeds[2].End();
        Assert.That(await second.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
        Assert.That(items, Is.EqualTo(new[] { "1a", "2b" }));
    }

    [Test]
    public async Task Switch_SequenceFailsUnderStop_CarriesTheNameOfTheNode()
    {
        var feeds = new Feeds();
        var source = new StreamSource<int>();
        source.Switch(feeds.Open, new NodeOptions { Name = "feed" }).SinkToList();
        var pipeline = source.Start();
        var first = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        feeds[1].Fail(new FormatException());

        Assert.That(
            async () => await first.Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("feed").And.InnerException.TypeOf<FormatException>());
        await pipeline.Completion.Ended();
    }

    [Test]
    public async Task Switch_FailureOfAnotherNode_CancelsTheSequenceAndAbandonsItsElement()
    {
        var feeds = new Feeds();
        var source = new StreamSource<int>();
        source.Switch(feeds.Open).SinkToList();
        source.Filter(value => value > 1).Sink(_ => throw new FormatException());
        var pipeline = source.Start();
        var first = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        var second = source.DeliverAsync(2);

        await pipeline.Completion.Ended();
        Assert.That(async () => await first.Soon(), Throws.TypeOf<ElementAbandonedException>());
        Assert.That(async () => await second.Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(feeds[1].IsDisposed, Is.True);
    }

    [Test]
    public async Task Switch_PipelineStops_EndsTheSequenceAsASource()
    {
        var feeds = new Feeds();
        var source = new StreamSource<int>();
        source.Switch(feeds.Open).SinkToList();
        var pipeline = source.Start();
        var first = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(await first.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(feeds[1].IsDisposed, Is.True);
    }

    [Test]
    public async Task Switch_NobodyWantsMore_EndsAnEndlessSequence()
    {
        var source = new StreamSource<int>();
        var items = source.Switch(_ => AsyncEnumerable.Repeat(7, int.MaxValue)).Take(3).SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(1);
        await pipeline.Completion.Soon();

        Assert.That(items, Is.EqualTo(new[] { 7, 7, 7 }));
    }

    [Test]
    public async Task Switch_InALoop_EndsWhenTheLastSequenceHas()
    {
        var source = new StreamSource<int>();
        var union = source.Map(value => value);
        var items = union.Switch(value => AsyncEnumerable.Range(value, value > 0 ? 1 : 0));
        items.Map(value => value - 1).Feedback(union, 10);
        var seen = items.SinkToList();

        await source.EmitAsync(3);
        await source.CompleteAsync().Soon();

        Assert.That(seen, Is.EqualTo(new[] { 3, 2, 1 }));
    }

    [Test]
    public async Task Switch_OnADedicatedThread_EnumeratesThere()
    {
        var threads = new HashSet<int>();
        async IAsyncEnumerable<int> Items(int value)
        {
            for (var i = 0; i < value; i++)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                await Task.Yield();
                yield return i;
            }
        }

        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.DedicatedThread() });
        var items = source.Switch(Items).Map(item =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            return item;
        }).SinkToList();
        await source.EmitAsync(300);
        await source.CompleteAsync().Soon();

        Assert.That(items, Is.EqualTo(Enumerable.Range(0, 300)));
        Assert.That(threads, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Switch_NullSequence_FailsTheElementAndKeepsThePresentOne()
    {
        var feeds = new Feeds();
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var items = source.Switch(value => value < 0 ? null! : feeds.Open(value)).SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(1);
        Assert.That(await source.DeliverAsync(-1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await pipeline.SettleAsync().Soon();
        feeds[1].Emit("a");
        feeds[1].End();
        await source.CompleteAsync().Soon();

        Assert.That(items, Is.EqualTo(new[] { "1a" }));
    }

    [Test]
    public void Switch_InAGroup_IsRefused() =>
        Assert.That(
            () => new StreamSource<int>().GroupBy(value => value, group => group.Switch(value => AsyncEnumerable.Range(0, value))),
            Throws.ArgumentException.With.Message.Contains("Put it behind GroupBy"));

    [Test]
    public void Switch_Label_ShowsTheDelegate() =>
        Assert.That(new StreamSource<int>().Switch(value => AsyncEnumerable.Range(0, value)).Node.Label, Does.StartWith("switch value =>"));

    /// <summary>Sequences that the test feeds, by the number of their element.</summary>
    private sealed class Feeds
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<int, Feed> _feeds = new();

        public Feed this[int number] => _feeds[number];

        public IAsyncEnumerable<string> Open(int number) => (_feeds[number] = new Feed(number)).ReadAsync();
    }

    private sealed class Feed(int number)
    {
        // In place: a pipeline does not know of a continuation that is still on its way through the thread pool.
        private readonly System.Threading.Channels.Channel<string> _items = System.Threading.Channels.Channel.CreateUnbounded<string>(
            new System.Threading.Channels.UnboundedChannelOptions { AllowSynchronousContinuations = true });

        public bool IsDisposed { get; private set; }

        public void Emit(string item) => _items.Writer.TryWrite($"{number}{item}");

        public void End() => _items.Writer.TryComplete();

        public void Fail(Exception failure) => _items.Writer.TryComplete(failure);

        public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            try
            {
                await foreach (var item in _items.Reader.ReadAllAsync(cancellation))
                {
                    yield return item;
                }
            }
            finally
            {
                IsDisposed = true;
            }
        }
    }
}
