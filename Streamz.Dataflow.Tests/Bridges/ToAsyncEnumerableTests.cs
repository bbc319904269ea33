using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Bridges;

[TestFixture, CancelAfter(30_000)]
internal sealed class ToAsyncEnumerableTests
{
    [Test]
    public async Task ToAsyncEnumerable_OfASource_StartsItAndReadsAll()
    {
        var numbers = StreamSource.FromEnumerable(Enumerable.Range(0, 1000)).ToAsyncEnumerable(capacity: 3);

        Assert.That(await numbers.ToListAsync(), Is.EqualTo(Enumerable.Range(0, 1000)));
    }

    [Test]
    public async Task ToAsyncEnumerable_ReadTwice_RunsTwice()
    {
        var numbers = StreamSource.FromEnumerable([1, 2]).Accumulate((sum, x) => sum + x).ToAsyncEnumerable();

        Assert.That(await numbers.ToListAsync(), Is.EqualTo(new[] { 1, 3 }));
        Assert.That(await numbers.ToListAsync(), Is.EqualTo(new[] { 1, 3 }), "Each run begins with fresh state.");
    }

    [Test]
    public async Task ToAsyncEnumerable_CompletedBeforeItIsRead_StillGivesWhatIsBuffered()
    {
        await using var source = new StreamSource<int>();
        var numbers = source.ToAsyncEnumerable();
        await source.EmitAllAsync([1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(await numbers.ToListAsync(), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public async Task ToAsyncEnumerable_NobodyReads_HoldsThePipelineBack()
    {
        var source = new StreamSource<int>();
        var numbers = source.ToAsyncEnumerable(capacity: 2);
        var pipeline = source.Start();
        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 10));

        await pipeline.SettleAsync().Soon();
        Assert.That(pipeline.GetSnapshot().Nodes[0].Received, Is.EqualTo(3), "Two in the buffer, one that waits.");

        source.Complete();
        Assert.That(await numbers.ToListAsync(), Is.EqualTo(Enumerable.Range(0, 10)));
        await emits.Soon();
    }

    [Test]
    public async Task ToAsyncEnumerable_LoopLeft_EndsAnEndlessSourceItStarted()
    {
        var pulled = 0;
        var numbers = StreamSource.FromEnumerable(Endless()).ToAsyncEnumerable(capacity: 1);

        Assert.That(await numbers.Take(3).ToListAsync(), Is.EqualTo(new[] { 0, 1, 2 }));
        var afterwards = Volatile.Read(ref pulled);
        Assert.That(await numbers.Take(2).ToListAsync(), Has.Count.EqualTo(2), "The run has ended, so that another can be read.");
        Assert.That(afterwards, Is.GreaterThanOrEqualTo(3));

        IEnumerable<int> Endless()
        {
            while (true)
            {
                yield return Interlocked.Increment(ref pulled) - 1;
            }
        }
    }

    [Test]
    public async Task ToAsyncEnumerable_LoopLeft_OtherBranchesGoOn()
    {
        var source = new StreamSource<int>();
        var numbers = source.ToAsyncEnumerable(capacity: 1);
        var all = source.SinkToList();
        var pipeline = source.Start();
        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 10));

        Assert.That(await numbers.Take(2).ToListAsync(), Is.EqualTo(new[] { 0, 1 }));
        await emits.Soon();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();

        Assert.That(all, Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public async Task ToAsyncEnumerable_LoopLeft_RefusesEmitsThatNobodyWants()
    {
        var source = new StreamSource<int>();
        var numbers = source.ToAsyncEnumerable();
        var pipeline = source.Start();
        await source.EmitAllAsync([0, 1]).Soon();

        Assert.That(await numbers.FirstAsync(), Is.Zero);
        await pipeline.Completion.Soon();

        Assert.That(async () => await source.EmitAsync(2), Throws.TypeOf<PipelineClosedException>());
    }

    [Test]
    public async Task ToAsyncEnumerable_NodeFails_LoopThrowsBehindWhatCameBefore()
    {
        var numbers = StreamSource.FromEnumerable([0, 1, 2, 3])
            .Map(x => x == 2 ? throw new FormatException("two") : x).Named("parse")
            .ToAsyncEnumerable();
        var read = new List<int>();

        var failure = Assert.ThrowsAsync<NodeFailedException>(async () =>
        {
            await foreach (var value in numbers)
            {
                read.Add(value);
            }
        });

        Assert.That(failure!.NodeName, Is.EqualTo("parse"));
        Assert.That(failure.InnerException, Is.TypeOf<FormatException>());
        Assert.That(read, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(async () => await numbers.ToListAsync(), Throws.TypeOf<NodeFailedException>(), "Another loop is another run.");
    }

    [Test]
    public async Task ToAsyncEnumerable_PipelineAborted_LoopThrows()
    {
        var source = new StreamSource<int>();
        var numbers = source.ToAsyncEnumerable(capacity: 1);
        var pipeline = source.Start();
        var emits = source.EmitTogetherAsync([0, 1]);

        await pipeline.StopAsync(TimeSpan.Zero).Soon();

        Assert.That(async () => await numbers.ToListAsync(), Throws.TypeOf<PipelineAbortedException>());
        await emits.ContinueWith(_ => { }, TaskScheduler.Default).Soon();
    }

    [Test]
    public async Task ToAsyncEnumerable_ManyRunsLeftInTheMiddle_LeaveNothingBehind()
    {
        var source = StreamSource.FromEnumerable(Enumerable.Range(0, 100));
        var numbers = source.Map(async x => { await Task.Yield(); return x; }).ToAsyncEnumerable(capacity: 2);

        for (var run = 0; run < 50; run++)
        {
            Assert.That(await numbers.Take(run).ToListAsync(), Is.EqualTo(Enumerable.Range(0, run)));
        }

        Assert.That(await numbers.ToListAsync(), Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Test]
    public async Task ToAsyncEnumerable_Cancelled_LeavesTheLoopAndEndsTheBranch()
    {
        using var cancellation = new CancellationTokenSource();
        var source = new StreamSource<int>();
        var numbers = source.ToAsyncEnumerable();
        var pipeline = source.Start();
        var reading = numbers.ToListAsync(cancellation.Token).AsTask();
        await source.DeliverAsync(1).Soon();

        await cancellation.CancelAsync();

        Assert.That(async () => await reading.Soon(), Throws.InstanceOf<OperationCanceledException>());
        await pipeline.Completion.Soon();
    }

    [Test]
    public async Task ToAsyncEnumerable_SecondLoopInTheSameRun_IsRefusedWithACure()
    {
        var source = new StreamSource<int>();
        var numbers = source.ToAsyncEnumerable();
        var pipeline = source.Start();
        await using var first = numbers.GetAsyncEnumerator();
        var next = first.MoveNextAsync();

        Assert.That(async () => await numbers.ToListAsync(), Throws.InvalidOperationException.With.Message.Contains("Call ToAsyncEnumerable once for each loop"));

        await source.EmitAsync(1).Soon();
        Assert.That(await next, Is.True);
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
    }

    [Test]
    public async Task ToAsyncEnumerable_TwoSequences_EachGetEveryElement()
    {
        var source = StreamSource.FromEnumerable(Enumerable.Range(0, 100));
        var left = source.ToAsyncEnumerable(capacity: 1);
        var right = source.ToAsyncEnumerable(capacity: 1);

        var both = await Task.WhenAll(left.ToListAsync().AsTask(), right.ToListAsync().AsTask()).Soon();

        Assert.That(both[0], Is.EqualTo(Enumerable.Range(0, 100)));
        Assert.That(both[1], Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Test]
    public void ToAsyncEnumerable_CapacityOfZero_IsNamed() =>
        Assert.That(
            () => new StreamSource<int>().ToAsyncEnumerable(0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("capacity"));
}
