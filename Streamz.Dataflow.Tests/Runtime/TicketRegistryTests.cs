using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Tests.Runtime;

internal sealed class TicketRegistryTests : ITicketIssuer
{
    private readonly List<Exception> _failuresOfListeners = [];

    void ITicketIssuer.OnListenerFailed(Exception failure) => _failuresOfListeners.Add(failure);

    [TearDown]
    public void ForgetFailures()
    {
        var failures = _failuresOfListeners.ToArray();
        _failuresOfListeners.Clear();
        Assert.That(failures, Is.Empty);
    }

    [Test]
    public void AbandonAll_ElementStillHeld_IsAbandoned()
    {
        var registry = new TicketRegistry();
        var followed = new Told();
        var ticket = registry.Issue(this, followed, 7, default);
        ticket.Accept();

        registry.AbandonAll();
        ticket.Release();

        Assert.That(followed.Calls, Is.EqualTo(new[] { "delivered 7 Abandoned", "released 7 Abandoned" }));
    }

    [Test]
    public void AbandonAll_ElementOnlyRetained_WasDeliveredAndIsAbandoned()
    {
        var registry = new TicketRegistry();
        var followed = new Told();
        var ticket = registry.Issue(this, followed, 7, default);
        ticket.Accept();
        ticket.Retain();
        ticket.Release();

        registry.AbandonAll();
        ticket.ReleaseRetained();

        Assert.That(followed.Calls, Is.EqualTo(new[] { "delivered 7 Delivered", "released 7 Abandoned" }));
    }

    [Test]
    public void AbandonAll_EmitNotAccepted_IsToldNothing()
    {
        var registry = new TicketRegistry();
        var followed = new Told();
        var ticket = registry.Issue(this, followed, 7, default);

        registry.AbandonAll();
        ticket.Withdraw();

        Assert.That(followed.Calls, Is.Empty);
    }

    [Test]
    public void Release_RetainedElementPushedAgain_IsDeliveredOnce()
    {
        var followed = new Told();
        var ticket = new TicketRegistry().Issue(this, followed, 7, default);
        ticket.Accept();
        ticket.Retain();
        ticket.Release();
        ticket.Hold();
        ticket.Release();
        Assert.That(followed.Calls, Is.EqualTo(new[] { "delivered 7 Delivered" }));

        ticket.ReleaseRetained();

        Assert.That(followed.Calls, Is.EqualTo(new[] { "delivered 7 Delivered", "released 7 Delivered" }));
    }

    [Test]
    public void Issue_TicketReleased_IsUsedAgainUnlessAForeignStageIsThere([Values] bool isForeign)
    {
        var registry = new TicketRegistry();
        if (isForeign)
        {
            registry.StopReuse();
        }

        var first = registry.Issue(this, new Told(), 1, default);
        first.Accept();
        first.Release();
        var second = registry.Issue(this, new Told(), 2, default);

        Assert.That(ReferenceEquals(first, second), Is.EqualTo(!isForeign));
    }

    [Test]
    public void Withdraw_Ticket_IsUsedAgain()
    {
        var registry = new TicketRegistry();
        var first = registry.Issue(this, new Told(), 1, default);
        first.Withdraw();

        Assert.That(registry.Issue(this, new Told(), 2, default), Is.SameAs(first));
    }

    [Test]
    public void Issue_ElementBeforeHadFailed_ItsFailuresAreForgotten()
    {
        var registry = new TicketRegistry();
        var deliveries = new List<Delivery>();
        for (var i = 0; i < 2; i++)
        {
            var ticket = registry.Issue(this, deliveries.Add, default);
            ticket.Accept();
            ticket.Fail(new NodeFailedException($"node {i}", new InvalidOperationException()));
            ticket.Release();
        }

        Assert.That(deliveries.Select(each => string.Join(", ", each.Failures.Select(failure => failure.NodeName))), Is.EqualTo(new[] { "node 0", "node 1" }));
    }

    [Test]
    public void Release_ObserverThrows_TheIssuerIsToldOfBothMoments()
    {
        var ticket = new TicketRegistry().Issue(this, new Throwing(), 1, default);
        ticket.Accept();
        ticket.Release();

        Assert.That(_failuresOfListeners.Select(each => each.Message), Is.EqualTo(new[] { "delivered", "released" }));
        _failuresOfListeners.Clear();
    }

    [Test]
    public void StopReuse_TicketsReleased_AreKeptByNobody()
    {
        var registry = new TicketRegistry();
        registry.StopReuse();
        var kept = registry.Issue(this, new Told(), 1, default);
        kept.Accept();
        var references = Enumerable.Range(0, 5).Select(_ => ReleaseOne()).ToList();

        GC.Collect();

        Assert.That(references.Select(each => each.IsAlive), Has.All.False);
        kept.Release();

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference ReleaseOne()
        {
            var ticket = registry.Issue(this, new Told(), 2, default);
            ticket.Accept();
            ticket.Release();
            return new WeakReference(ticket);
        }
    }

    [Test]
    public void IsForeign_Stages_AreThoseOfOtherAssembliesThatPromiseNothing()
    {
        var stages = new IStage[] { new PassThroughStage<int>(), new ForeignStage(), new PromisingStage() };

        Assert.That(stages.Select(TicketRegistry.IsForeign), Is.EqualTo(new[] { false, true, false }));
    }

    [Test]
    public void Issue_SteadyState_AllocatesNothing()
    {
        var registry = new TicketRegistry();
        var settled = 0;
        Action<Delivery> callback = _ => settled++;
        Follow(100);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Follow(10_000);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(settled, Is.EqualTo(10_100));

        void Follow(int elements)
        {
            for (var i = 0; i < elements; i++)
            {
                var ticket = registry.Issue(this, callback, default);
                ticket.Accept();
                ticket.Hold();
                ticket.Release();
                ticket.Release();
            }
        }
    }

    [Test]
    public void Release_Twice_HarmsNoOtherElementWhereAForeignStageIs()
    {
        var registry = new TicketRegistry();
        registry.StopReuse();
        var ticket = registry.Issue(this, new Told(), 1, default);
        ticket.Accept();
        ticket.Release();
        var next = new Told();
        registry.Issue(this, next, 2, default).Accept();

        ticket.Release();
        ticket.Fail(new NodeFailedException("late", new InvalidOperationException()));

        Assert.That(next.Calls, Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Tickets_ManyHoldersAndEmittersAtOnce_AreToldOnceEach([Values(1, 2, 3, 4)] int seed, CancellationToken cancellation)
    {
        const int Emitters = 4;
        const int Elements = 5_000;
        var registry = new TicketRegistry();
        var observer = new Tally(Emitters * Elements);
        await Task.WhenAll(Enumerable.Range(0, Emitters).Select(emitter => Task.Run(
            () =>
            {
                var random = new Random((seed * 100) + emitter);
                for (var i = 0; i < Elements; i++)
                {
                    var number = (emitter * Elements) + i;
                    var ticket = registry.Issue(this, observer, number, default);
                    if (random.Next(10) == 0)
                    {
                        ticket.Withdraw();
                        observer.Expect(number, DeliveryOutcome.Delivered, told: 0);
                        continue;
                    }

                    var outcome = random.Next(4) == 0 ? DeliveryOutcome.Dropped : DeliveryOutcome.Delivered;
                    observer.Expect(number, outcome, told: 1);
                    ticket.Accept();
                    var others = random.Next(3);
                    for (var other = 0; other < others; other++)
                    {
                        ticket.Hold();
                        var retains = random.Next(2) == 0;
                        ThreadPool.UnsafeQueueUserWorkItem(
                            _ =>
                            {
                                if (retains)
                                {
                                    ticket.Retain();
                                    ticket.Release();
                                    ticket.Hold();
                                    ticket.ReleaseRetained();
                                }

                                ticket.Release();
                            },
                            null);
                    }

                    ticket.Raise(outcome);
                    ticket.Release();
                }
            },
            cancellation)));
        await observer.WhenAllToldAsync(cancellation);

        Assert.That(observer.Strange, Is.Empty);
    }

    private sealed class ForeignStage : Stage<int, int>
    {
        public override ValueTask OnElementAsync(Element<int> element) => PushAsync(element);
    }

    private sealed class PromisingStage : Stage<int, int>, IKeepsTickets
    {
        public override ValueTask OnElementAsync(Element<int> element) => PushAsync(element);
    }

    private sealed class Throwing : IDeliveryObserver
    {
        public void OnDelivered(long position, Delivery delivery) => throw new InvalidOperationException("delivered");

        public void OnReleased(long position, Delivery delivery) => throw new InvalidOperationException("released");
    }

    private sealed class Told : IDeliveryObserver
    {
        public List<string> Calls { get; } = [];

        public void OnDelivered(long position, Delivery delivery) => Calls.Add($"delivered {position} {delivery.Outcome}");

        public void OnReleased(long position, Delivery delivery) => Calls.Add($"released {position} {delivery.Outcome}");
    }

    private sealed class Tally(int count) : IDeliveryObserver
    {
        private readonly int[] _delivered = new int[count];
        private readonly int[] _released = new int[count];
        private readonly DeliveryOutcome[] _expected = new DeliveryOutcome[count];
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = count;

        public System.Collections.Concurrent.ConcurrentQueue<string> Strange { get; } = new();

        public void Expect(int number, DeliveryOutcome outcome, int told)
        {
            _expected[number] = outcome;
            if (told == 0)
            {
                _delivered[number] = _released[number] = 1;
                CountDown();
            }
        }

        public Task WhenAllToldAsync(CancellationToken cancellation) => _all.Task.WaitAsync(cancellation);

        public void OnDelivered(long position, Delivery delivery)
        {
            if (Interlocked.Increment(ref _delivered[position]) != 1 || delivery.Outcome != _expected[position])
            {
                Strange.Enqueue($"{position} delivered as {delivery}, not {_expected[position]}, call {_delivered[position]}");
            }
        }

        public void OnReleased(long position, Delivery delivery)
        {
            if (Volatile.Read(ref _delivered[position]) != 1 || Interlocked.Increment(ref _released[position]) != 1)
            {
                Strange.Enqueue($"{position} released as {delivery}, call {_released[position]}");
            }

            CountDown();
        }

        private void CountDown()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                _all.TrySetResult();
            }
        }
    }
}
