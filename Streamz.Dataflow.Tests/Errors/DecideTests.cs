using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>A delegate that decides on each failure, and conditions of the user's.</summary>
[CancelAfter(60_000)]
internal sealed class DecideTests
{
    [Test]
    public async Task Decide_EachFailure_IsAskedWithElementAndAttempts([Values(1, 2)] int maxDegreeOfParallelism)
    {
        var asked = new List<(int Element, int Attempts, string Node)>();
        var flaky = new Flaky((1, 2), (2, Flaky.Always));
        var run = new Arrivals<int, int>(source => source.Map(flaky.Map, maxDegreeOfParallelism, options: new NodeOptions { Name = "work", OnError = ErrorPolicy.Decide(Choose) }));

        Assert.That(await run.Source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(await run.Source.DeliverAsync(2).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await run.Source.CompleteAsync().Soon();

        Assert.That(asked, Is.EqualTo(new[] { (1, 1, "work"), (1, 2, "work"), (2, 1, "work"), (2, 2, "work"), (2, 3, "work") }));

        ErrorPolicy Choose(ElementFailure failure)
        {
            asked.Add((failure.ElementAs<int>(), failure.Attempts, failure.NodeName));
            return failure.Attempts < 3 ? ErrorPolicy.Retry(1) : ErrorPolicy.Skip;
        }
    }

    [Test]
    public async Task Decide_AnswerThatIsNotForTheFailure_LeavesItToTheStepBehind()
    {
        var asked = 0;
        var flaky = new Flaky((1, Flaky.Always));
        var run = new Arrivals<int, int>(source => source.Map(flaky.Map, options: new NodeOptions
        {
            OnError = ErrorPolicy.Decide(_ =>
            {
                asked++;
                return ErrorPolicy.Retry(1).For<IOException>();
            }).Then(ErrorPolicy.Skip),
        }));

        Assert.That(await run.Source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That((asked, flaky.CallsOf(1)), Is.EqualTo((1, 1)));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Decide_QueueThatItNames_IsPartOfTheGraph()
    {
        var first = new DeadLetterQueue().Named("first");
        var second = new DeadLetterQueue().Named("second");
        var letters = new List<string>();
        first.Sink(letter => letters.Add($"first {letter.ElementAs<int>()}"));
        second.Sink(letter => letters.Add($"second {letter.ElementAs<int>()}"));
        var run = new Arrivals<int, int>(source => source.Map<int, int>(_ => throw new FormatException(), options: new NodeOptions
        {
            OnError = ErrorPolicy.Decide(failure => ErrorPolicy.DeadLetter(failure.ElementAs<int>() == 1 ? first : second), first, second),
        }));

        await run.Source.DeliverAsync(1).Soon();
        await run.Source.DeliverAsync(2).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(letters, Is.EqualTo(new[] { "first 1", "second 2" }));
    }

    private static IEnumerable<TestCaseData> Faulty()
    {
        yield return Case("decides on a queue that it did not name", ErrorPolicy.Decide(_ => ErrorPolicy.DeadLetter(new DeadLetterQueue().Named("unknown"))), "'unknown'");
        yield return Case("decides on nothing", ErrorPolicy.Decide(_ => null!), "returned null");
        yield return Case("throws", ErrorPolicy.Decide(_ => throw new IOException("undecided")), "undecided");
        yield return Case("has a condition that throws", ErrorPolicy.Skip.When(_ => throw new IOException("undecided")), "undecided");
        yield return Case("retries on a condition that throws the second time", ErrorPolicy.Retry(5).When(SecondTimeThrows()), "undecided");

        static TestCaseData Case(string name, ErrorPolicy policy, string text) => new TestCaseData(policy, text).SetArgDisplayNames(name);

        static Func<Exception, bool> SecondTimeThrows()
        {
            var calls = 0;
            return _ => ++calls < 2 ? true : throw new IOException("undecided");
        }
    }

    [TestCaseSource(nameof(Faulty))]
    public void Policy_ThatFailsItself_StopsThePipelineAndSaysSo(ErrorPolicy policy, string text)
    {
        var flaky = new Flaky((1, Flaky.Always));
        var run = new Arrivals<int, int>(source => source.Map(flaky.Map, options: new NodeOptions { Name = "work", OnError = policy }));

        Assert.That(
            async () => await run.Source.DeliverAsync(1).Soon(),
            Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<InvalidOperationException>()
                .And.InnerException.Message.Contains(text).And.InnerException.Message.Contains("bad 1").And.InnerException.Message.Contains("'work'"));
        Assert.That(async () => await run.Pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(flaky.CallsOf(1), Is.LessThanOrEqualTo(2));
    }

    [Test]
    public async Task When_PredicateThatRefuses_LeavesTheFailureToThePipeline()
    {
        var flaky = new Flaky((1, Flaky.Always), (2, Flaky.Always));
        var run = new Arrivals<int, int>(
            source => source.Map(flaky.Map, options: new NodeOptions { OnError = ErrorPolicy.Skip.When(failure => failure.Message == "bad 1") }));

        Assert.That(await run.Source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(async () => await run.Source.DeliverAsync(2).Soon(), Throws.TypeOf<NodeFailedException>());
        await run.Pipeline.Completion.Ended();
    }
}
