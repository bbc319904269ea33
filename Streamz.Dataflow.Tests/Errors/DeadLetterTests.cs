using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>Failed elements as the elements of another stream.</summary>
[CancelAfter(60_000)]
internal sealed class DeadLetterTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static IEnumerable<TestCaseData> Nodes()
    {
        yield return Node("serial", (source, flaky, options) => source.Map(flaky.Map, options: options));
        yield return Node("asynchronous", (source, flaky, options) => source.MapAsync(flaky.MapAsync, options: options));
        yield return Node("in the middle of a chain", (source, flaky, options) => source.Map(x => x).Map(flaky.Map, options: options).Map(x => x));
        yield return Node("parallel", (source, flaky, options) => source.Map(flaky.Map, maxDegreeOfParallelism: 3, options: options));
        yield return Node("unordered", (source, flaky, options) => source.MapAsync(flaky.MapAsync, maxDegreeOfParallelism: 3, ordered: false, options: options));
        yield return Node("in a group", (source, flaky, options) => source.GroupBy(x => 0, group => group.Map(flaky.Map, options: options)).Map(pair => pair.Value));
        yield return Node("around a group", (source, flaky, options) => source.GroupBy(x => 0, group => group.Map(flaky.Map), options: options).Map(pair => pair.Value));
        yield return Node("balanced", (source, flaky, options) => source.Balance(2, worker => worker.Map(flaky.Map), ordered: true, options));

        static TestCaseData Node(string name, Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build) => new TestCaseData(build).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task DeadLetter_FailingElement_ComesOutOfTheQueueAndHealthyNeighboursGoOn(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var dead = new DeadLetterQueue();
        var letters = new List<DeadLetter>();
        dead.Sink(letters.Add);
        var flaky = new Flaky((2, Flaky.Always));
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.Retry(2).Then(ErrorPolicy.DeadLetter(dead)) }));

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 3).Select(x => run.Source.DeliverAsync(x)).ToList()).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(outcomes, Is.All.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(run.Values, Is.EquivalentTo(new[] { 10, 30 }));
        var letter = letters.Single();
        Assert.That(letter.ElementAs<int>(), Is.EqualTo(2));
        Assert.That(letter.Exception, Is.TypeOf<FormatException>().With.Message.EqualTo("bad 2"));
        Assert.That(letter.Attempts, Is.EqualTo(3));
        Assert.That(letter.Time, Is.EqualTo(run.Clock.GetUtcNow()));
        Assert.That(run.Pipeline.GetSnapshot().Nodes.Sum(node => node.DeadLettered), Is.EqualTo(1));
        Assert.That(run.Pipeline.GetSnapshot().Nodes.Sum(node => node.Failed), Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task DeadLetter_Ticket_IsSettledWithTheBranchBehindTheQueue(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var dead = new DeadLetterQueue();
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        dead.Sink(async _ => await saved.Task);
        var flaky = new Flaky((2, Flaky.Always));
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) }));

        var delivery = run.Source.DeliverAsync(2);
        await run.Pipeline.SettleAsync().Soon();
        Assert.That(delivery.IsCompleted, Is.False);
        saved.SetResult();

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await run.Source.CompleteAsync().Soon();
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task DeadLetter_QueueWithoutAPlace_HoldsBackTheFailingNode(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var dead = new DeadLetterQueue();
        var turn = new SemaphoreSlim(0);
        var saved = new List<int>();
        dead.Sink(async letter =>
        {
            await turn.WaitAsync();
            saved.Add(letter.ElementAs<int>());
        });
        var flaky = new Flaky([.. Enumerable.Range(0, 40).Select(x => (x, Flaky.Always))]);
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) }), new StreamOptions { Capacity = 3 });

        var emits = run.Source.EmitTogetherAsync(Enumerable.Range(0, 40));
        await run.Pipeline.SettleAsync().Soon();
        Assert.That(emits.IsCompleted, Is.False);
        Assert.That(flaky.Calls, Has.Count.LessThan(12));
        turn.Release(40);
        await emits.Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(saved, Is.EquivalentTo(Enumerable.Range(0, 40)));
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task DeadLetter_BranchBehindTheQueueFails_StopsThePipeline(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var dead = new DeadLetterQueue();
        dead.Sink(_ => throw new IOException("disk full"));
        var flaky = new Flaky((2, Flaky.Always));
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) }));

        Assert.That(async () => await run.Source.DeliverAsync(2).Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.Message.EqualTo("disk full"));
        Assert.That(async () => await run.Pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task DeadLetter_Abort_AbandonsWhatWaitsForAPlace(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var dead = new DeadLetterQueue();
        dead.Sink(async (_, token) => await Task.Delay(Timeout.InfiniteTimeSpan, token));
        var flaky = new Flaky([.. Enumerable.Range(0, 10).Select(x => (x, Flaky.Always))]);
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) }));

        var deliveries = Enumerable.Range(0, 10).Select(x => run.Source.DeliverAsync(x)).ToList();
        await run.Pipeline.SettleAsync().Soon();
        await run.Pipeline.StopAsync(TimeSpan.Zero).Soon();

        foreach (var delivery in deliveries)
        {
            Assert.That(async () => await delivery.Soon(), Throws.InstanceOf<Exception>());
        }
    }

    [Test]
    public async Task DeadLetter_TwoNodesAndASink_ShareTheQueueAndItEndsBehindAll()
    {
        var dead = new DeadLetterQueue();
        var ended = new List<string>();
        dead.Map(letter => letter.NodeName).Sink(ended.Add);
        var first = new Flaky((1, Flaky.Always));
        var last = new Flaky((20, Flaky.Always));
        await using var source = new StreamSource<int>();
        source.Map(first.Map, options: new NodeOptions { Name = "first", OnError = ErrorPolicy.DeadLetter(dead) })
            .Buffer(10)
            .Sink(x => { last.Map(x); }, options: new NodeOptions { Name = "last", OnError = ErrorPolicy.DeadLetter(dead) });

        await source.EmitAllAsync([1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(ended, Is.EquivalentTo(new[] { "first", "last" }));
    }

    [Test]
    public async Task DeadLetter_PolicyOfThePipeline_TakesTheFailuresOfAllNodesButThoseBehindTheQueue()
    {
        var dead = new DeadLetterQueue().Named("dead");
        var names = new List<string>();
        dead.Map(letter => letter.NodeName, options: new NodeOptions { Name = "behind" }).Sink(names.Add);
        var run = new Arrivals<int, int>(
            source => source.Map(x => x == 1 ? throw new FormatException() : x, options: new NodeOptions { Name = "one" }).Map(x => x == 2 ? throw new IOException() : x, options: new NodeOptions { Name = "two" }),
            new StreamOptions { OnError = ErrorPolicy.DeadLetter(dead) });

        await run.Source.EmitAllAsync([1, 2, 3]).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(names, Is.EqualTo(new[] { "one", "two" }));
        Assert.That(run.Values, Is.EqualTo(new[] { 3 }));
        Assert.That(run.Pipeline.Explain(), Does.Contain("dead letters: one (").And.Contain("-> dead (dead_letters)").And.Not.Contain("behind (map letter => letter.NodeName), "));
    }

    [Test]
    public async Task DeadLetter_FailureBehindTheQueueUnderThePolicyOfThePipeline_Stops()
    {
        var dead = new DeadLetterQueue();
        dead.Sink(_ => throw new IOException("disk full"));
        await using var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.DeadLetter(dead) });
        source.Map<int, int>(_ => throw new FormatException()).Sink(_ => { });
        await using var pipeline = source.Start();

        await source.EmitAsync(1).Soon();

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<IOException>());
    }

    [Test]
    public async Task DeadLetter_FedBack_IsTriedAgainUntilItSucceeds()
    {
        var dead = new DeadLetterQueue();
        var flaky = new Flaky((2, 2));
        var run = new Arrivals<int, int>(source =>
        {
            dead.Map(letter => letter.ElementAs<int>()).Feedback(source, capacity: 8);
            return source.Map(flaky.Map, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) });
        });

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 3).Select(x => run.Source.DeliverAsync(x)).ToList()).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(outcomes, Is.All.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(run.Values, Is.EquivalentTo(new[] { 10, 20, 30 }));
        Assert.That(flaky.CallsOf(2), Is.EqualTo(3));
    }

    [Test]
    public async Task DeadLetter_JoinedAgainWithTheRest_Ends()
    {
        var dead = new DeadLetterQueue();
        var flaky = new Flaky([.. Enumerable.Range(0, 50).Where(x => x % 3 == 0).Select(x => (x, Flaky.Always))]);
        var run = new Arrivals<int, int>(source => source
            .Map(flaky.Map, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) })
            .Union(dead.Map(letter => -letter.ElementAs<int>())));

        await run.Source.EmitAllAsync(Enumerable.Range(0, 50)).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EquivalentTo(Enumerable.Range(0, 50).Select(x => x % 3 == 0 ? -x : x * 10)));
    }

    [Test]
    public async Task DeadLetter_NobodyBehindTheQueue_DiscardsAndCounts()
    {
        var dead = new DeadLetterQueue().Named("dead");
        var run = new Arrivals<int, int>(source => source.Map<int, int>(_ => throw new FormatException(), options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) }));

        Assert.That(await run.Source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Pipeline.GetSnapshot().Nodes.Single(node => node.Name == "dead").Discarded, Is.EqualTo(1));
        Assert.That(run.Pipeline.Explain(), Does.Contain("open end: dead"));
    }

    [Test]
    public async Task DeadLetter_BranchBehindTheQueueThatHasEndedEarly_DropsWhatComesLater()
    {
        var dead = new DeadLetterQueue();
        var letters = new List<int>();
        dead.Map(letter => letter.ElementAs<int>()).Take(1).Sink(letters.Add);
        var run = new Arrivals<int, int>(source => source.Map<int, int>(x => x < 0 ? throw new FormatException() : x, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) }));

        await run.Source.DeliverAsync(-1).Soon();
        await run.Pipeline.WhenIdleAsync().Soon();
        var outcome = await run.Source.DeliverAsync(-2).Soon();
        await run.Source.DeliverAsync(3).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(letters, Is.EqualTo(new[] { -1 }));
        Assert.That(outcome, Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(run.Values, Is.EqualTo(new[] { 3 }));
    }

    [Test]
    public async Task DeadLetter_MainBranchThatHasEndedEarly_EndsThePipelineThoughTheQueueHasASink()
    {
        var dead = new DeadLetterQueue();
        dead.Sink(_ => { });
        var run = new Arrivals<int, int>(source => source.Map(x => x, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) }).Take(1));

        await run.Source.EmitAsync(1).Soon();

        await run.Pipeline.Completion.Soon();
    }

    [Test]
    public void Start_PolicyBehindTheQueueThatLeadsBackToIt_IsRefused()
    {
        var dead = new DeadLetterQueue().Named("dead");
        dead.Map(letter => letter.Attempts, options: new NodeOptions { Name = "behind", OnError = ErrorPolicy.DeadLetter(dead) });
        var source = new StreamSource<int>();
        source.Map(x => x, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) });

        Assert.That(source.Start, Throws.TypeOf<PipelineValidationException>().With.Message.Contains("dead letters of 'behind' go to 'dead', which leads back to it"));
    }

    [Test]
    public void Start_QueueThatNoPolicyNames_IsRefused()
    {
        var dead = new DeadLetterQueue().Named("dead");
        var source = new StreamSource<int>();
        source.Map(x => $"{x}").Union(dead.Map(letter => letter.NodeName));

        Assert.That(source.Start, Throws.TypeOf<PipelineValidationException>().With.Message.Contains("'dead' is named by no error policy"));
    }

    [Test]
    public async Task Start_FromTheQueue_RunsTheWholeGraph()
    {
        var dead = new DeadLetterQueue();
        var letters = new List<int>();
        var sink = dead.Sink(letter => letters.Add(letter.ElementAs<int>()));
        var inGroup = StreamSource.FromEnumerable(Enumerable.Range(0, 4)).GroupBy(
            x => x % 2,
            group => group.Map<int, int>(x => x > 1 ? throw new FormatException() : x, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) }));
        inGroup.Sink(_ => { });

        await using var pipeline = sink.Start();
        await pipeline.Completion.Soon();

        Assert.That(letters, Is.EqualTo(new[] { 2, 3 }));
    }

    [Test]
    public async Task Start_Again_RunsTheGraphWithItsQueueAgain()
    {
        var dead = new DeadLetterQueue();
        var letters = new List<int>();
        dead.Sink(letter => letters.Add(letter.ElementAs<int>()));
        var source = StreamSource.FromEnumerable(Enumerable.Range(0, 4));
        source.Map<int, int>(x => x > 1 ? throw new FormatException() : x, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) }).Sink(_ => { });

        for (var i = 0; i < 2; i++)
        {
            await using var pipeline = source.Start();
            await pipeline.Completion.Soon();
        }

        Assert.That(letters, Is.EqualTo(new[] { 2, 3, 2, 3 }));
    }

    [Test]
    public async Task DeadLetter_Switch_CarriesTheElementOfTheSequence()
    {
        var dead = new DeadLetterQueue();
        var letters = new List<int>();
        dead.Sink(letter => letters.Add(letter.ElementAs<int>()));
        var run = new Arrivals<int, int>(source => source.Switch(Items, new NodeOptions { OnError = ErrorPolicy.Retry(2).Then(ErrorPolicy.DeadLetter(dead)) }));

        await run.Source.DeliverAsync(7).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(letters, Is.EqualTo(new[] { 7 }));
        Assert.That(run.Values, Is.EqualTo(new[] { 7 }));

        static async IAsyncEnumerable<int> Items(int x)
        {
            yield return x;
            await Task.Yield();
            throw new FormatException();
        }
    }

    [Test]
    public void Draw_QueueInText_IsBehindTheNodeThatFeedsIt()
    {
        var dead = new DeadLetterQueue().Named("dead");
        dead.Sink(_ => { }).Named("save");
        var source = new StreamSource<int>();
        source.Map(x => x, options: new NodeOptions { Name = "parse", OnError = ErrorPolicy.DeadLetter(dead) }).Sink(_ => { }).Named("write");

        Assert.That(source.ToText(), Does.Match(@"parse.*\n.*write.*\n.*\[dead letters\].*dead.*\n.*save"));
        Assert.That(dead.ToDot(), Does.Contain("[label=\"dead letters\", style=dashed]"));
        Assert.That(source.ToMermaid(), Does.Contain(" -.->|\"dead letters\"| "));
        Assert.That(source.ToSvg(), Does.Contain("stroke-dasharray=\"3 4\"").And.Contain("dead letters"));
    }

    [Test]
    public async Task TryGet_OtherType_IsFalseAndElementAsSaysWhy()
    {
        var dead = new DeadLetterQueue();
        DeadLetter? letter = null;
        dead.Sink(each => letter = each);
        await using var source = new StreamSource<string?>();
        source.Map<string?, int>(_ => throw new FormatException(), options: new NodeOptions { Name = "parse", OnError = ErrorPolicy.DeadLetter(dead) });

        await source.DeliverAsync("x").Soon();
        Assert.That(letter!.TryGet<int>(out _), Is.False);
        Assert.That(letter.TryGet<string>(out var text), Is.True);
        Assert.That(text, Is.EqualTo("x"));
        Assert.That(letter.ElementAs<int>, Throws.TypeOf<InvalidCastException>().With.Message.Contains("'parse'").And.Message.Contains("String").And.Message.Contains("Int32"));
        await source.DeliverAsync(null).Soon();
        Assert.That(letter.TryGet<string>(out text), Is.True);
        Assert.That(text, Is.Null);
        Assert.That(letter.TryGet<int>(out _), Is.False);
        Assert.That(letter.ToString(), Does.Contain("'parse' failed on null in attempt 1"));
    }

    [Test]
    public async Task DeadLetter_Time_IsThatOfTheLastAttempt()
    {
        var dead = new DeadLetterQueue();
        var times = new List<DateTimeOffset>();
        dead.Sink(letter => times.Add(letter.Time));
        var run = new Arrivals<int, int>(source => source.Map<int, int>(
            _ => throw new FormatException(),
            options: new NodeOptions { OnError = ErrorPolicy.Retry(2, s_second).Then(ErrorPolicy.DeadLetter(dead)) }));

        var began = run.Clock.GetUtcNow();
        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second, s_second).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(times, Is.EqualTo(new[] { began + 2 * s_second }));
    }
}
