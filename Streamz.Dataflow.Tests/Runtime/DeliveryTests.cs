using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture]
internal sealed class DeliveryTests
{
    [Test]
    public async Task EmitAsync_Callback_IsCalledWhenTheElementIsThrough()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = new Told();
        var source = new StreamSource<int>();
        source.Map(x => x + 1).Sink(async _ => await gate.Task);
        var pipeline = source.Start();

        await source.EmitAsync(1, told.Add).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(told.Deliveries, Is.Empty);
        gate.SetResult();
        await source.CompleteAsync().Soon();

        Assert.That(told.Deliveries.Select(each => each.Outcome), Is.EqualTo(new[] { DeliveryOutcome.Delivered }));
    }

    [Test, DefaultMode]
    public async Task EmitAsync_CallbackOfWhatFails_IsToldAllFailures()
    {
        var told = new Told();
        var source = new StreamSource<int>();
        source.Sink(_ => throw new InvalidOperationException("one"), options: new NodeOptions { Name = "first" });
        source.Sink(_ => throw new InvalidOperationException("two"), options: new NodeOptions { Name = "second" });
        var pipeline = source.Start();

        await source.EmitAsync(1, told.Add).Soon();
        await pipeline.Completion.Ended();

        var delivery = told.Deliveries.Single();
        Assert.That(delivery.Outcome, Is.EqualTo(DeliveryOutcome.Failed));
        Assert.That(delivery.IsDone, Is.False);
        Assert.That(delivery.Failures.Select(failure => failure.NodeName), Is.EqualTo(new[] { "first", "second" }));
    }

    [Test, DefaultMode]
    public async Task EmitAsync_CallbackOfWhatIsSkipped_IsToldThatItWasDropped()
    {
        var told = new Told();
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        source.Map(x => x == 2 ? throw new InvalidOperationException("two") : x).Filter(x => x != 3).SinkToList();

        for (var x = 1; x <= 3; x++)
        {
            await source.EmitAsync(x, told.Add).Soon();
        }

        await source.CompleteAsync().Soon();

        Assert.That(told.Deliveries.Select(each => each.Outcome), Is.EqualTo(new[] { DeliveryOutcome.Delivered, DeliveryOutcome.Dropped, DeliveryOutcome.Delivered }));
        Assert.That(told.Deliveries.Select(each => each.IsDone), Is.All.True);
    }

    [Test]
    public async Task EmitAsync_CallbackOfWhatIsHeldAtAnAbort_IsToldThatItWasAbandoned()
    {
        var told = new Told();
        var source = new StreamSource<int>();
        source.Partition(10).SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(1, told.Add).Soon();
        await pipeline.SettleAsync().Soon();

        await pipeline.StopAsync(TimeSpan.Zero).Soon();
        await pipeline.Completion.Ended();

        Assert.That(told.Deliveries, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task EmitAsync_NotAccepted_CallsNobody()
    {
        var told = new Told();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new StreamSource<int>();
        source.Sink(async _ => await gate.Task);
        var pipeline = source.Start();
        await source.EmitAsync(0).Soon();
        using var cancellation = new CancellationTokenSource();

        var waiting = source.EmitAsync(1, told.Add, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        Assert.That(async () => await waiting.Soon(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await source.EmitAsync(2, told.Add, cancellation.Token).Soon(), Throws.InstanceOf<OperationCanceledException>());
        gate.SetResult();
        await source.CompleteAsync().Soon();
        Assert.That(async () => await source.EmitAsync(3, told.Add).Soon(), Throws.TypeOf<PipelineClosedException>());

        Assert.That(told.Deliveries, Is.Empty);
    }

    [Test]
    public async Task EmitAsync_CallbackThrows_StopsThePipelineUnderTheNameOfTheSource([Values] ErrorPolicy policy)
    {
        var failure = new InvalidOperationException("the callback");
        var source = new StreamSource<int>(new StreamOptions { OnError = policy });
        source.SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(1, _ => throw failure).Soon();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(fault.InnerException, Is.SameAs(failure));
        Assert.That(fault.NodeName, Is.EqualTo("source"));
    }

    [Test]
    public async Task EmitAsync_CallbackThrowsAtTheEndOfTheRun_IsNotSilent()
    {
        var failure = new InvalidOperationException("the callback");
        var source = new StreamSource<int>();
        var stuck = source.Map(x => x == 0 ? throw new NotSupportedException("zero") : x).Partition(10);
        stuck.SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(1, _ => throw failure).Soon();
        await pipeline.SettleAsync().Soon();

        await source.EmitAsync(0).Soon();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(fault.InnerException, Is.TypeOf<NotSupportedException>());
        Assert.That(fault.LaterFailures.Select(each => each.InnerException), Is.EqualTo(new[] { failure }));
    }

    [Test]
    public async Task EmitAsync_Replaced_IsToldOutsideEveryLock()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new StreamSource<int>();
        Pipeline? pipeline = null;
        source.Latest().Sink(async _ => await gate.Task);
        pipeline = source.Start();

        // A segment that is still starting takes nothing up: the first element would be replaced as well.
        await pipeline.SettleAsync().Soon();
        var told = new Told();

        for (var x = 0; x < 3; x++)
        {
            // Another thread asks for the counts, which it can only if the callback holds no gate.
            await source.EmitAsync(x, delivery => Task.Run(() => pipeline.GetSnapshot()).ContinueWith(_ => told.Add(delivery), TaskScheduler.Default).Soon().GetAwaiter().GetResult()).Soon();
        }

        gate.SetResult();
        await source.CompleteAsync().Soon();

        Assert.That(told.Deliveries.Select(each => each.Outcome), Is.EquivalentTo(new[] { DeliveryOutcome.Dropped, DeliveryOutcome.Delivered, DeliveryOutcome.Delivered }));
    }

    [Test]
    public async Task EmitAsync_Loop_SettlesWhenNothingGoesRoundAnyMore()
    {
        var told = new Told();
        var source = new StreamSource<int>();
        var looped = source.Map(x => x - 1);
        looped.Filter(x => x > 0).Feedback(source, capacity: 16);
        var list = looped.SinkToList();

        await source.EmitAsync(5, told.Add).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(list, Is.EqualTo(new[] { 4, 3, 2, 1, 0 }));
        Assert.That(told.Deliveries.Select(each => each.Outcome), Is.EqualTo(new[] { DeliveryOutcome.Delivered }));
    }

    [Test]
    public async Task DeliverAsync_StageThatForgetsToHold_HarmsNoOtherElement()
    {
        var source = new StreamSource<int>();
        var list = source.Then(new OperatorNode<int, int>("forgetful", () => new ForgetfulStage())).SinkToList();
        var outcomes = new List<DeliveryOutcome>();

        for (var x = 0; x < 1000; x++)
        {
            outcomes.Add(await source.DeliverAsync(x).Soon());
        }

        await source.CompleteAsync().Soon();

        Assert.That(outcomes, Has.All.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 1000)));
    }

    [Test]
    public async Task DeliverAsync_ForeignStage_SeesNoTicketTwice([Values] bool inAGroup)
    {
        var seen = new HashSet<ElementContext>(ReferenceEqualityComparer.Instance);
        var source = new StreamSource<int>();
        Stream<int> Watched(Stream<int> stream) => stream.Then(new OperatorNode<int, int>("watching", () => new WatchingStage(seen)));
        (inAGroup ? source.GroupBy(x => x % 2, group => Watched(group)).Map(pair => pair.Value) : Watched(source)).SinkToList();

        for (var x = 0; x < 100; x++)
        {
            await source.DeliverAsync(x).Soon();
        }

        await source.CompleteAsync().Soon();

        Assert.That(seen, Has.Count.EqualTo(100));
    }

    [Test, DefaultMode]
    public async Task SourceContext_Observer_IsToldOfDeliveredAndOfReleased()
    {
        var clock = new FakeTimeProvider();
        var observer = new Observer();
        var stream = new Stream<int>(new SourceNode<int>("numbers", () => new ObservedStage(observer, 3), new StreamOptions { TimeProvider = clock }));
        stream.SlidingWindow(2).SinkToList();
        var pipeline = stream.Start();

        await pipeline.SettleAsync().Soon();
        Assert.That(observer.Calls, Is.EqualTo(new[] { "delivered 0", "delivered 10", "released 0", "delivered 20" }));
        await pipeline.StopAsync(TimeSpan.FromSeconds(10)).Soon();

        Assert.That(observer.Calls.Order(), Is.EqualTo(new[] { "delivered 0", "delivered 10", "delivered 20", "released 0", "released 10", "released 20" }));
    }

    [Test]
    public async Task SourceContext_ObserverThrows_StopsThePipelineUnderTheNameOfTheSource()
    {
        var observer = new Observer { Failure = new InvalidOperationException("observer") };
        var stream = new Stream<int>(new SourceNode<int>("numbers", () => new ObservedStage(observer, 3)));
        stream.SinkToList();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => stream.Start().Completion.Soon());

        Assert.That(fault.NodeName, Is.EqualTo("numbers"));
        Assert.That(fault.InnerException, Is.SameAs(observer.Failure));
        await Task.CompletedTask;
    }

    [Test]
    public void Delivery_Text_SaysTheOutcomeAndEachFailure()
    {
        var failures = new[] { new NodeFailedException("a", new InvalidOperationException("one")), new NodeFailedException("b", new InvalidOperationException("two")) };

        Assert.That(new Delivery(DeliveryOutcome.Failed, failures).ToString(), Is.EqualTo("Failed: Node 'a' failed: one Node 'b' failed: two"));
        Assert.That(new Delivery(DeliveryOutcome.Dropped, []).ToString(), Is.EqualTo("Dropped"));
        Assert.That(default(Delivery).Failures, Is.Empty);
    }

    private sealed class Told
    {
        private readonly Lock _gate = new();
        private readonly List<Delivery> _deliveries = [];

        public IReadOnlyList<Delivery> Deliveries
        {
            get
            {
                lock (_gate)
                {
                    return [.. _deliveries];
                }
            }
        }

        public void Add(Delivery delivery)
        {
            lock (_gate)
            {
                _deliveries.Add(delivery);
            }
        }
    }

    private sealed class Observer : IDeliveryObserver
    {
        private readonly Lock _gate = new();
        private readonly List<string> _calls = [];

        public Exception? Failure { get; init; }

        public IReadOnlyList<string> Calls
        {
            get
            {
                lock (_gate)
                {
                    return [.. _calls];
                }
            }
        }

        public void OnDelivered(long position, Delivery delivery) => Note($"delivered {position}");

        public void OnReleased(long position, Delivery delivery) => Note($"released {position}");

        private void Note(string call)
        {
            lock (_gate)
            {
                _calls.Add(call);
            }

            if (Failure is not null)
            {
                throw Failure;
            }
        }
    }

    private sealed class ObservedStage(Observer observer, int count) : SourceStage<int>
    {
        public override async Task RunAsync(SourceContext<int> context)
        {
            for (var i = 0; i < count; i++)
            {
                await context.EmitAsync(i, observer, 10 * i);
            }

            await context.WaitAsync(TimeSpan.FromDays(1));
        }
    }

    private sealed class WatchingStage(HashSet<ElementContext> seen) : Stage<int, int>
    {
        public override ValueTask OnElementAsync(Element<int> element)
        {
            seen.Add(element.Context!);
            return PushAsync(element);
        }
    }

    /// <summary>Pushes each element on when the next one comes, and forgets to hold it until then.</summary>
    private sealed class ForgetfulStage : Stage<int, int>
    {
        private Element<int>? _last;

        public override async ValueTask OnElementAsync(Element<int> element)
        {
            if (_last is { } last)
            {
                await PushAsync(last);
                Context.Drop(last.Context);
            }

            _last = element;
        }

        public override ValueTask OnFlushAsync() => _last is { } last ? PushAsync(last) : default;
    }
}
