namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture]
[CancelAfter(30_000)]
internal sealed class EmitTests
{
    [Test]
    public async Task EmitAsync_CallersOnSeveralThreadsWait_AreAdmittedInCallOrder()
    {
        var source = new StreamSource<int>();
        var turnstile = new Turnstile();
        var list = source.MapAsync(turnstile.PassAsync).SinkToList();
        var emits = new List<Task>();
        for (var value = 0; value < 20; value++)
        {
            // The inner task is awaited later: a call is made only after the call before has returned.
            emits.Add(await Task.Factory.StartNew(
                number => source.EmitAsync((int)number!).AsTask(), value, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default).Soon());
        }

        for (var value = 0; value < 20; value++)
        {
            await emits[value].Soon();
            Assert.That(emits.Count(emit => emit.IsCompleted), Is.EqualTo(value + 1));
            turnstile.LetOne();
        }

        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [Test]
    public async Task EmitAsync_OneOfThoseThatWaitIsCancelled_OthersKeepTheirOrder()
    {
        var source = new StreamSource<int>();
        var turnstile = new Turnstile();
        var list = source.MapAsync(turnstile.PassAsync).SinkToList();
        using var cancel = new CancellationTokenSource();
        var emits = Enumerable.Range(0, 5).Select(value => source.EmitAsync(value, value == 2 ? cancel.Token : CancellationToken.None).AsTask()).ToList();
        await cancel.CancelAsync();
        Assert.That(async () => await emits[2].Soon(), Throws.InstanceOf<OperationCanceledException>());
        turnstile.Open();
        await Task.WhenAll(emits.Where((_, index) => index != 2)).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(new[] { 0, 1, 3, 4 }));
    }

    [Test]
    public async Task EmitAsync_AsManyWaitAsMay_OneMoreIsRefusedUntilOneHasLanded()
    {
        var source = new StreamSource<int>(new StreamOptions { MaxWaitingEmits = 2 });
        var turnstile = new Turnstile();
        var list = source.MapAsync(turnstile.PassAsync).SinkToList();
        var emits = Enumerable.Range(0, 3).Select(value => source.EmitAsync(value).AsTask()).ToList();
        Assert.That(
            async () => await source.EmitAsync(99).Soon(),
            Throws.TypeOf<PipelineFullException>().With.Message.Contains("MaxWaitingEmits"));
        Assert.That(async () => await source.DeliverAsync(99).Soon(), Throws.TypeOf<PipelineFullException>());
        turnstile.LetOne();
        await emits[1].Soon();
        emits.Add(source.EmitAsync(3).AsTask());
        turnstile.Open();
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 4)));
    }

    [Test]
    public async Task EmitAsync_WaitingOneIsCancelled_AnotherMayWaitInItsStead()
    {
        var source = new StreamSource<int>(new StreamOptions { MaxWaitingEmits = 1 });
        var turnstile = new Turnstile();
        var list = source.MapAsync(turnstile.PassAsync).SinkToList();
        await source.EmitAsync(0).Soon();
        using var cancel = new CancellationTokenSource();
        var cancelled = source.EmitAsync(1, cancel.Token).AsTask();
        Assert.That(async () => await source.EmitAsync(99).Soon(), Throws.TypeOf<PipelineFullException>());
        await cancel.CancelAsync();
        await cancelled.Ended();
        var waiting = source.EmitAsync(2).AsTask();
        turnstile.Open();
        await waiting.Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(new[] { 0, 2 }));
    }

    [Test]
    public async Task EmitAsync_NoneMayWait_FullPipelineRefuses()
    {
        var source = new StreamSource<int>(new StreamOptions { MaxWaitingEmits = 0, Capacity = 3 });
        using var gate = new ManualResetEventSlim();
        source.Sink(_ => gate.Wait());
        for (var value = 0; value < 3; value++)
        {
            await source.EmitAsync(value).Soon();
        }

        Assert.That(async () => await source.EmitAsync(99).Soon(), Throws.TypeOf<PipelineFullException>());
        gate.Set();
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task TryEmit_PipelineIsFull_TakesNothingUntilThereIsRoom()
    {
        var source = new StreamSource<int>();
        var turnstile = new Turnstile();
        var list = source.MapAsync(turnstile.PassAsync).SinkToList();
        var pipeline = source.Start();
        Assert.That((source.TryEmit(0), source.TryEmit(1), source.TryEmit(2)), Is.EqualTo((true, false, false)));
        turnstile.LetOne();
        await pipeline.WhenIdleAsync().Soon();
        Assert.That((source.TryEmit(3), source.TryEmit(4)), Is.EqualTo((true, false)));
        turnstile.Open();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(new[] { 0, 3 }));
    }

    [Test]
    public async Task TryEmit_PipelineHasFailed_ThrowsTheFailure()
    {
        var source = new StreamSource<int>();
        source.Map(value => 1 / value).Named("inverse").SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(0).Soon();
        await pipeline.Completion.Ended();
        Assert.That(() => source.TryEmit(1), Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("inverse"));
    }

    [Test]
    public async Task TryEmit_FromADelegateOfTheFullPipeline_SaysNo()
    {
        var source = new StreamSource<int>(new StreamOptions { Capacity = 1 });
        var answers = new List<bool>();
        source.Sink(value => answers.Add(source.TryEmit(value)));
        await source.DeliverAsync(1).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(answers, Is.EqualTo(new[] { false }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task EmitAsync_FromADelegateOfTheFullPipeline_PointsToFeedback(bool fromATaskOfTheDelegate)
    {
        var source = new StreamSource<int>();
        source.Sink(async value =>
        {
            if (fromATaskOfTheDelegate)
            {
                await Task.Run(async () => await source.EmitAsync(value));
            }
            else
            {
                await Task.Yield();
                await source.EmitAsync(value);
            }
        });
        Assert.That(
            async () => await source.DeliverAsync(1).Soon(),
            Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<InvalidOperationException>()
                .And.InnerException.Message.Contains("Feedback"));
    }

    [Test]
    public async Task EmitAsync_FromADelegateOfAPipelineWithRoom_IsAccepted()
    {
        var source = new StreamSource<int>(new StreamOptions { Capacity = 2 });
        var seen = new List<int>();
        source.Map(value => value).Sink(value =>
        {
            seen.Add(value);
            if (value < 3)
            {
                var emit = source.EmitAsync(value + 1);
                Assert.That(emit.IsCompletedSuccessfully, Is.True);
            }
        });
        var pipeline = source.Start();
        await source.EmitAsync(0).Soon();
        await pipeline.WhenIdleAsync().Soon();
        await source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { 0, 1, 2, 3 }));
    }

    [Test]
    public async Task EmitAsync_FromADelegateIntoAnotherFullPipeline_Waits()
    {
        var other = new StreamSource<int>();
        var turnstile = new Turnstile();
        var list = other.MapAsync(turnstile.PassAsync).SinkToList();
        await other.EmitAsync(0).Soon();
        var source = new StreamSource<int>();
        var entered = new TaskCompletionSource();
        source.Sink(async value =>
        {
            var emit = other.EmitAsync(value);
            entered.SetResult();
            await emit;
        });
        var delivery = source.DeliverAsync(1);
        await entered.Task.Soon();
        Assert.That(delivery.IsCompleted, Is.False);
        turnstile.Open();
        await delivery.Soon();
        await source.CompleteAsync().Soon();
        await other.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public async Task Emit_FromADelegateOnTheThreadPool_IsRefused()
    {
        var source = new StreamSource<int>();
        source.Sink(value => source.Emit(value));
        Assert.That(
            async () => await source.DeliverAsync(1).Soon(),
            Throws.TypeOf<NodeFailedException>().With.InnerException.Message.Contains("EmitAsync"));
        await source.DisposeAsync();
    }

    [Test]
    public async Task Emit_OnTheContextOfThePipeline_IsRefusedAndEmitAsyncIsNot()
    {
        using var loop = new EventLoop();
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.Context(loop) });
        var list = source.SinkToList();
        source.Start();
        var refusal = await loop.RunAsync(() => Assert.Throws<InvalidOperationException>(() => source.Emit(1))).Soon();
        await (await loop.RunAsync(() => source.EmitAsync(2).AsTask()).Soon()).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(refusal!.Message, Does.Contain("EmitAsync"));
        Assert.That(list, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public async Task Emit_OnASchedulerOfOneTaskAtATime_IsRefused()
    {
        var scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, 1).ExclusiveScheduler;
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.Scheduler(scheduler) });
        source.SinkToList();
        source.Start();
        var refusal = await Task.Factory.StartNew(
            () => Assert.Throws<InvalidOperationException>(() => source.Emit(1)), CancellationToken.None, TaskCreationOptions.None, scheduler).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(refusal!.Message, Does.Contain("EmitAsync"));
    }
}
