using System.Threading.Tasks.Dataflow;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Bridges;

[TestFixture, CancelAfter(30_000)]
internal sealed class AsSourceBlockTests
{
    private static readonly DataflowLinkOptions s_propagate = new() { PropagateCompletion = true };

    [Test]
    public async Task AsSourceBlock_LinkedToASlowTarget_LosesNothing()
    {
        var numbers = StreamSource.FromEnumerable(Enumerable.Range(0, 200));
        var block = numbers.AsSourceBlock(capacity: 3);
        var seen = new List<int>();
        var target = new ActionBlock<int>(
            async x =>
            {
                await Task.Yield();
                seen.Add(x);
            },
            new ExecutionDataflowBlockOptions { BoundedCapacity = 1 });
        using var link = block.LinkTo(target, s_propagate);

        await numbers.Start().Completion.Soon();
        await target.Completion.Soon();

        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 200)));
    }

    [Test]
    public async Task AsSourceBlock_Received_GivesElementsAndThenEnds()
    {
        var numbers = StreamSource.FromEnumerable([1, 2, 3]);
        var block = numbers.AsSourceBlock(capacity: 1);
        var pipeline = numbers.Start();

        Assert.That(await block.ReceiveAsync().Soon(), Is.EqualTo(1));
        Assert.That(await block.OutputAvailableAsync().Soon(), Is.True);
        Assert.That(block.TryReceive(x => x == 7, out _), Is.False);
        Assert.That(await block.ReceiveAsync().Soon(), Is.EqualTo(2));
        Assert.That(await block.ReceiveAsync().Soon(), Is.EqualTo(3));
        Assert.That(await block.OutputAvailableAsync().Soon(), Is.False);
        await block.Completion.Soon();
        await pipeline.Completion.Soon();
    }

    [Test]
    public async Task AsSourceBlock_FullBlock_HoldsThePipelineBack()
    {
        var source = new StreamSource<int>();
        var block = source.AsSourceBlock(capacity: 2);
        var pipeline = source.Start();
        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 6));

        await pipeline.SettleAsync().Soon();
        Assert.That(emits.IsCompleted, Is.False);
        Assert.That(block.TryReceiveAll(out var items), Is.True);
        Assert.That(items, Is.EqualTo(new[] { 0, 1 }));

        source.Complete();
        var rest = new List<int>();
        while (await block.OutputAvailableAsync().Soon())
        {
            rest.Add(await block.ReceiveAsync().Soon());
        }

        Assert.That(rest, Is.EqualTo(new[] { 2, 3, 4, 5 }));
        await emits.Soon();
    }

    [Test]
    public async Task AsSourceBlock_NodeFails_TargetGetsWhatCameBeforeAndThenTheFailure()
    {
        var source = new StreamSource<int>();
        var block = source.Map(x => 6 / x).Named("divide").AsSourceBlock();
        await source.EmitAllAsync([1, 2]).Soon();
        await source.EmitAsync(0).Soon();
        await source.DisposeAsync().AsTask().Soon();

        var target = new BufferBlock<int>();
        using var link = block.LinkTo(target, s_propagate);

        Assert.That(async () => await block.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("divide"));
        Assert.That(async () => await target.Completion.Soon(), Throws.TypeOf<NodeFailedException>().Or.InstanceOf<AggregateException>());
    }

    [Test]
    public async Task AsSourceBlock_LinkDisposed_DoesNotPropagate()
    {
        var numbers = StreamSource.FromEnumerable([1]);
        var block = numbers.AsSourceBlock();
        var left = new BufferBlock<int>();
        var stays = new BufferBlock<int>();
        block.LinkTo(left, s_propagate).Dispose();
        using var link = block.LinkTo(stays, s_propagate);

        await numbers.Start().Completion.Soon();
        Assert.That(await stays.ReceiveAsync().Soon(), Is.EqualTo(1));
        await stays.Completion.Soon();

        Assert.That(left.Count, Is.Zero);
        Assert.That(left.Completion.IsCompleted, Is.False);
    }

    [Test]
    public async Task AsSourceBlock_CompletedFromOutside_EndsTheBranch()
    {
        var source = new StreamSource<int>();
        var block = source.AsSourceBlock();
        var pipeline = source.Start();

        block.Complete();
        await source.EmitAsync(1).Soon();

        await pipeline.Completion.Soon();
        await block.Completion.Soon();
        Assert.That(async () => await source.EmitAsync(2), Throws.TypeOf<PipelineClosedException>());
    }

    [Test]
    public async Task AsSourceBlock_FaultedFromOutside_FailsTheNode()
    {
        var source = new StreamSource<int>();
        var block = source.AsSourceBlock(options: new NodeOptions { Name = "out" });

        block.Fault(new FormatException("why"));

        Assert.That(async () => await source.DeliverAsync(1).Soon(), Throws.TypeOf<NodeFailedException>().With.Message.Contains("why"));
        Assert.That(async () => await block.Completion.Soon(), Throws.TypeOf<FormatException>());
        await source.DisposeAsync().AsTask().Soon();
    }

    [Test]
    public async Task AsSourceBlock_SecondRun_IsRefusedWithACure()
    {
        var numbers = StreamSource.FromEnumerable([1]);
        var block = numbers.AsSourceBlock();
        await numbers.Start().Completion.Soon();

        Assert.That(async () => await numbers.Start().Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.Message.Contains("Build the graph anew"));
        Assert.That(await block.ReceiveAsync().Soon(), Is.EqualTo(1));
    }

    [Test]
    public void AsSourceBlock_CapacityOfZero_IsNamed() =>
        Assert.That(
            () => new StreamSource<int>().AsSourceBlock(0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("capacity"));
}
