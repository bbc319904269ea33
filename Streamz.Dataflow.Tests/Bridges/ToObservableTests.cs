using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Bridges;

[TestFixture, CancelAfter(30_000)]
internal sealed class ToObservableTests
{
    [Test]
    public async Task ToObservable_Observers_SeeEveryElementAndTheEndOnce()
    {
        var numbers = StreamSource.FromEnumerable([1, 0, 2]);
        var observable = numbers.ToObservable();
        var first = new Notes<int>();
        var second = new Notes<int>();
        observable.Subscribe(first);
        observable.Subscribe(second);

        await numbers.Start().Completion.Soon();
        await Task.WhenAll(first.Ended, second.Ended).Soon();

        foreach (var notes in new[] { first, second })
        {
            Assert.That(notes.Seen, Is.EqualTo(new[] { 1, 0, 2 }));
            Assert.That(notes.Error, Is.Null);
            Assert.That(notes.Violations, Is.Empty);
        }
    }

    [Test]
    public async Task ToObservable_SubscribedLate_SeesWhatComesFromThenOn()
    {
        await using var source = new StreamSource<int>();
        var observable = source.ToObservable();
        var late = new Notes<int>();

        await source.DeliverAsync(1).Soon();
        observable.Subscribe(late);
        await source.DeliverAsync(2).Soon();

        Assert.That(late.Seen, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public async Task ToObservable_Disposed_SeesNoMoreAndThePipelineGoesOn()
    {
        var source = new StreamSource<int>();
        var observable = source.ToObservable();
        var stays = new Notes<int>();
        IDisposable? subscription = null;
        var leaves = new Notes<int>(x =>
        {
            if (x == 2)
            {
                subscription!.Dispose();
            }
        });
        subscription = observable.Subscribe(leaves);
        observable.Subscribe(stays);

        await source.EmitAllAsync([1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();
        await stays.Ended.Soon();

        Assert.That(leaves.Seen, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(leaves.Ended.IsCompleted, Is.False, "Who has left is not told of the end.");
        Assert.That(stays.Seen, Is.EqualTo(new[] { 1, 2, 3 }));
        subscription.Dispose();
    }

    [Test]
    public async Task ToObservable_NodeFails_ObserversAreToldBehindTheLastElement()
    {
        var source = new StreamSource<int>();
        var observable = source.Map(x => 6 / x).Named("divide").ToObservable();
        var notes = new Notes<int>();
        observable.Subscribe(notes);

        await source.EmitAllAsync([1, 2]).Soon();
        await source.EmitAsync(0).Soon();
        await notes.Ended.Soon();

        Assert.That(notes.Seen, Is.EqualTo(new[] { 6, 3 }));
        Assert.That(notes.Error, Is.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("divide"));
        Assert.That(notes.Violations, Is.Empty);
        await source.DisposeAsync().AsTask().Soon();
    }

    [Test]
    public async Task ToObservable_ObserverThrows_FailsTheElementAfterTheOthersSawIt()
    {
        var source = new StreamSource<int>();
        var observable = source.ToObservable(new NodeOptions { Name = "observers", OnError = ErrorPolicy.Skip });
        var notes = new Notes<int>();
        observable.Subscribe(new Notes<int>(x => throw new FormatException($"{x}")));
        observable.Subscribe(notes);
        var pipeline = source.Start();

        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await source.CompleteAsync().Soon();

        Assert.That(notes.Seen, Is.EqualTo(new[] { 1 }));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "observers").Failed, Is.EqualTo(1));
    }

    [Test]
    public async Task ToObservable_SecondRun_IsForThoseWhoSubscribeAgain()
    {
        var numbers = StreamSource.FromEnumerable([1, 2]);
        var observable = numbers.ToObservable();
        var first = new Notes<int>();
        var second = new Notes<int>();

        observable.Subscribe(first);
        await numbers.Start().Completion.Soon();
        observable.Subscribe(second);
        await numbers.Start().Completion.Soon();

        Assert.That(first.Seen, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(second.Seen, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(first.Violations.Concat(second.Violations), Is.Empty);
    }

    [Test]
    public async Task ToObservable_ParallelUpstream_ObserversAreNeverCalledTwiceAtOnce()
    {
        var source = new StreamSource<int>();
        var notes = new Notes<int>();
        source.Map(x => x, maxDegreeOfParallelism: 4, ordered: false).ToObservable().Subscribe(notes);

        await source.EmitTogetherAsync(Enumerable.Range(0, 500)).Soon();
        await source.CompleteAsync().Soon();
        await notes.Ended.Soon();

        Assert.That(notes.Seen, Is.EquivalentTo(Enumerable.Range(0, 500)));
        Assert.That(notes.Violations, Is.Empty);
    }

    [Test]
    public void ToObservable_NullObserver_IsNamed() =>
        Assert.That(
            () => new StreamSource<int>().ToObservable().Subscribe(null!),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("observer"));
}
