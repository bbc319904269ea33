using System.Threading.Tasks.Dataflow;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Bridges;

[TestFixture, CancelAfter(30_000)]
internal sealed class AsTargetBlockTests
{
    private static readonly DataflowLinkOptions s_propagate = new() { PropagateCompletion = true };

    [Test]
    public async Task AsTargetBlock_LinkedBlock_HandsOverEverythingAndCompletes()
    {
        var source = new StreamSource<int>();
        var results = source.Map(async x => { await Task.Yield(); return x; }).SinkToList();
        var target = source.AsTargetBlock();
        var sender = new BufferBlock<int>();
        using var link = sender.LinkTo(target, s_propagate);

        for (var x = 0; x < 500; x++)
        {
            sender.Post(x);
        }

        sender.Complete();
        await target.Completion.Soon();

        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 500)));
    }

    [Test]
    public async Task AsTargetBlock_FullPipeline_PostIsDeclinedAndSendWaits()
    {
        var source = new StreamSource<int>();
        var gate = new TaskCompletionSource();
        var written = new List<int>();
        source.Sink(async (int x) =>
        {
            await gate.Task;
            written.Add(x);
        });
        var target = source.AsTargetBlock();

        Assert.That(target.Post(0), Is.True);
        Assert.That(target.Post(1), Is.False);
        var sends = Enumerable.Range(2, 10).Select(x => target.SendAsync(x)).ToList();
        Assert.That(sends[^1].IsCompleted, Is.False);

        gate.SetResult();
        Assert.That(await Task.WhenAll(sends).Soon(), Is.All.True);
        target.Complete();
        await target.Completion.Soon();
        Assert.That(written, Is.EqualTo(new[] { 0 }.Concat(Enumerable.Range(2, 10))));
    }

    /// <summary>A stock block declines at its completion what was waiting.</summary>
    [Test]
    public async Task AsTargetBlock_CompletedWhileSendersWait_TheyStillLand()
    {
        var source = new StreamSource<int>();
        var gate = new TaskCompletionSource();
        var written = new List<int>();
        source.Sink(async (int x) =>
        {
            await gate.Task;
            written.Add(x);
        });
        var target = source.AsTargetBlock();
        var sends = Enumerable.Range(0, 10).Select(x => target.SendAsync(x)).ToList();

        target.Complete();
        Assert.That(await target.SendAsync(99).Soon(), Is.False);
        gate.SetResult();

        Assert.That(await Task.WhenAll(sends).Soon(), Is.All.True);
        await target.Completion.Soon();
        Assert.That(written, Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public async Task AsTargetBlock_NodeFails_WaitingSendersAreToldAndTheBlockFaults()
    {
        var source = new StreamSource<int>();
        var gate = new TaskCompletionSource();
        source.Sink(async (int _) =>
        {
            await gate.Task;
            throw new FormatException("bad");
        }).Named("write");
        var target = source.AsTargetBlock();
        var sends = Enumerable.Range(0, 10).Select(x => target.SendAsync(x)).ToList();

        gate.SetResult();

        Assert.That(async () => await target.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("write"));
        await Task.WhenAll(sends).Soon();
        Assert.That(sends[^1].Result, Is.False);
        Assert.That(target.Post(1), Is.False);
    }

    [Test]
    public async Task AsTargetBlock_Faulted_FailsThePipelineAtItsSource()
    {
        var source = new StreamSource<int>();
        var results = source.SinkToList();
        source.Named("orders");
        var pipeline = source.Start();
        var sender = new BufferBlock<int>();
        var target = source.AsTargetBlock();
        using var link = sender.LinkTo(target, s_propagate);

        ((IDataflowBlock)sender).Fault(new FormatException("upstream"));

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("orders"));
        Assert.That(async () => await target.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(results, Is.Empty);
    }

    [Test]
    public async Task AsTargetBlock_SourceClosedBySomebodyElse_DeclinesForGood()
    {
        var source = new StreamSource<int>();
        source.SinkToList();
        var target = source.AsTargetBlock();
        Assert.That(target.Post(1), Is.True);

        await source.CompleteAsync().Soon();

        Assert.That(await target.SendAsync(2).Soon(), Is.False);
        await target.Completion.Soon();
    }

    [Test]
    public async Task AsTargetBlock_MessageThatMustBeConsumed_IsConsumedOnce()
    {
        var source = new StreamSource<int>();
        var results = source.SinkToList();
        var target = source.AsTargetBlock();
        var sender = new WriteOnceBlock<int>(x => x);
        using var link = sender.LinkTo(target, s_propagate);

        sender.Post(7);
        await target.Completion.Soon();

        Assert.That(results, Is.EqualTo(new[] { 7 }));
    }

    [Test]
    public async Task AsTargetBlock_ConsumeToAccept_TakesTheMessageFromItsSender()
    {
        var source = new StreamSource<int>();
        var results = source.SinkToList();
        var target = source.AsTargetBlock();
        var sender = new BufferBlock<int>();
        var offering = new Offering(sender);

        offering.OfferTo(target, 5);
        await offering.Consumed.Soon();
        target.Complete();
        await target.Completion.Soon();

        Assert.That(results, Is.EqualTo(new[] { 5 }));
    }

    [Test]
    public void AsTargetBlock_BadOffers_AreRefused()
    {
        var target = new StreamSource<int>().AsTargetBlock();

        Assert.That(() => target.OfferMessage(default, 1, null, false), Throws.ArgumentException.With.Property("ParamName").EqualTo("messageHeader"));
        Assert.That(
            () => target.OfferMessage(new DataflowMessageHeader(1), 1, null, true),
            Throws.ArgumentException.With.Property("ParamName").EqualTo("consumeToAccept"));
        Assert.That(() => target.Fault(null!), Throws.ArgumentNullException);
    }

    [Test]
    public async Task AsTargetBlock_ManySenders_EachElementArrivesOnceAndInTheOrderOfItsSender()
    {
        const int senders = 8;
        const int each = 200;
        var source = new StreamSource<(int Sender, int Number)>(new StreamOptions { Capacity = 2 });
        var results = source.SinkToList();
        var target = source.AsTargetBlock();

        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(async () =>
        {
            for (var number = 0; number < each; number++)
            {
                Assert.That(await target.SendAsync((sender, number)), Is.True);
            }
        }))).Soon();
        target.Complete();
        await target.Completion.Soon();

        Assert.That(results, Has.Count.EqualTo(senders * each));
        foreach (var sent in results.GroupBy(result => result.Sender))
        {
            Assert.That(sent.Select(result => result.Number), Is.EqualTo(Enumerable.Range(0, each)));
        }
    }

    [Test]
    public async Task Blocks_AroundAPipeline_PassEverythingThrough()
    {
        var source = new StreamSource<int>();
        var output = source.Map(x => x * 2).AsSourceBlock(capacity: 2);
        var input = source.AsTargetBlock();
        var before = new TransformBlock<int, int>(x => x + 1, new ExecutionDataflowBlockOptions { BoundedCapacity = 4 });
        var seen = new List<int>();
        var after = new ActionBlock<int>(seen.Add, new ExecutionDataflowBlockOptions { BoundedCapacity = 1 });
        using var first = before.LinkTo(input, s_propagate);
        using var last = output.LinkTo(after, s_propagate);

        for (var x = 0; x < 300; x++)
        {
            await before.SendAsync(x).Soon();
        }

        before.Complete();
        await after.Completion.Soon();

        Assert.That(seen, Is.EqualTo(Enumerable.Range(1, 300).Select(x => x * 2)));
    }

    /// <summary>Offers one message that the target has to come back for.</summary>
    private sealed class Offering(ISourceBlock<int> inner) : ISourceBlock<int>
    {
        private readonly TaskCompletionSource _consumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _value;

        public Task Consumed => _consumed.Task;

        public Task Completion => inner.Completion;

        public void OfferTo(ITargetBlock<int> target, int value)
        {
            _value = value;
            var status = target.OfferMessage(new DataflowMessageHeader(1), value, this, consumeToAccept: true);
            Assert.That(status, Is.EqualTo(DataflowMessageStatus.Postponed));
        }

        public int ConsumeMessage(DataflowMessageHeader messageHeader, ITargetBlock<int> target, out bool messageConsumed)
        {
            messageConsumed = _consumed.TrySetResult();
            return _value;
        }

        public IDisposable LinkTo(ITargetBlock<int> target, DataflowLinkOptions linkOptions) => throw new NotSupportedException();

        public bool ReserveMessage(DataflowMessageHeader messageHeader, ITargetBlock<int> target) => false;

        public void ReleaseReservation(DataflowMessageHeader messageHeader, ITargetBlock<int> target) => throw new NotSupportedException();

        public void Complete() => inner.Complete();

        public void Fault(Exception exception) => inner.Fault(exception);
    }
}
