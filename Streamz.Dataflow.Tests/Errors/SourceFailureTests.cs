using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>What happens when a source fails.</summary>
[CancelAfter(60_000)]
internal sealed class SourceFailureTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Retry_SourceThatFails_GoesOnWhereItWasAfterTheDelay()
    {
        var (clock, values, loops) = (new FakeTimeProvider(), new List<int>(), new Loops());
        var stream = Counting(clock, loops, failAt: [3, 5], last: 7).OnError(ErrorPolicy.Retry(1, s_second));
        stream.Sink(values.Add);

        await using var pipeline = stream.Start();
        await pipeline.SettleAsync().Soon();
        Assert.That(values, Is.EqualTo(new[] { 1, 2 }));
        await pipeline.AdvanceAsync(clock, s_second).Soon();
        Assert.That(values, Is.EqualTo(new[] { 1, 2, 3, 4 }));
        await pipeline.AdvanceAsync(clock, s_second).Soon();
        await pipeline.Completion.Soon();

        Assert.That(values, Is.EqualTo(Enumerable.Range(1, 7)));
        Assert.That((loops.Begun, loops.MostAtOnce), Is.EqualTo((3, 1)));
        var source = pipeline.GetSnapshot().Nodes[0];
        Assert.That((source.Retried, source.Failed, source.End), Is.EqualTo((2, 0, SourceEnd.Exhausted)));
    }

    [Test]
    public async Task Retry_SourceThatFailsAtOnceAgainAndAgain_GivesUpAndStopsThePipeline()
    {
        var (clock, loops) = (new FakeTimeProvider(), new Loops());
        var stream = Counting(clock, loops, failAt: [2, 2, 2, 2, 2, 2, 2, 2], last: 7).OnError(ErrorPolicy.Retry(3));
        stream.Sink(_ => { });

        await using var pipeline = stream.Start();

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<IOException>());
        Assert.That(loops.Begun, Is.EqualTo(4));
        Assert.That(pipeline.GetSnapshot().Nodes[0].End, Is.EqualTo(SourceEnd.Failed));
    }

    [Test]
    public async Task Retry_StopDuringTheDelay_EndsTheSourceNormally()
    {
        var (clock, loops) = (new FakeTimeProvider(), new Loops());
        var stream = Counting(clock, loops, failAt: [2], last: 7).OnError(ErrorPolicy.Retry(3, TimeSpan.FromHours(1)));
        stream.Sink(_ => { });

        await using var pipeline = stream.Start();
        await pipeline.WhenIdleAsync().Soon();
        var report = await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(pipeline.Completion.IsCompletedSuccessfully, Is.True);
        Assert.That((loops.Begun, pipeline.GetSnapshot().Nodes[0].End), Is.EqualTo((1, SourceEnd.Stopped)));
        Assert.That(report, Is.Not.Null);
    }

    [Test]
    public async Task Skip_SourceThatFails_EndsAloneAndSaysSo()
    {
        var (clock, values) = (new FakeTimeProvider(), new List<int>());
        var failing = Counting(clock, new Loops(), failAt: [3], last: 7).OnError(ErrorPolicy.Skip);
        failing.Union(Counting(clock, new Loops(), failAt: [], last: 9).Filter(x => x > 7)).Sink(values.Add);

        await using var pipeline = failing.Start();
        await pipeline.Completion.Soon();

        Assert.That(values, Is.EquivalentTo(new[] { 1, 2, 8, 9 }));
        Assert.That(pipeline.GetSnapshot().Nodes[0].End, Is.EqualTo(SourceEnd.Failed));
    }

    [Test]
    public async Task DeadLetter_SourceThatFails_SendsALetterWithoutAnElement()
    {
        var dead = new DeadLetterQueue();
        var letters = new List<DeadLetter>();
        dead.Sink(letters.Add);
        var stream = Counting(new FakeTimeProvider(), new Loops(), failAt: [2, 2], last: 7).OnError(ErrorPolicy.Retry(1).Then(ErrorPolicy.DeadLetter(dead))).Named("counting");
        stream.Sink(_ => { });

        await using var pipeline = stream.Start();
        await pipeline.Completion.Soon();

        var letter = letters.Single();
        Assert.That((letter.NodeName, letter.HasElement, letter.Attempts), Is.EqualTo(("counting", false, 2)));
        Assert.That(letter.ElementAs<int>, Throws.TypeOf<InvalidCastException>().With.Message.Contains("did not fail on an element"));
    }

    [Test]
    public async Task OnError_PolicyOfThePipeline_IsNotForSources()
    {
        var loops = new Loops();
        var stream = Counting(new FakeTimeProvider(), loops, failAt: [2], last: 7, new StreamOptions { OnError = ErrorPolicy.Retry(3).Then(ErrorPolicy.Skip) });
        stream.Sink(_ => { });

        await using var pipeline = stream.Start();

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(loops.Begun, Is.EqualTo(1));
    }

    [Test]
    public void OnError_RetryOfASourceThatCannotGoOn_IsRefused() =>
        Assert.That(
            () => StreamSource.FromEnumerable([1]).OnError(ErrorPolicy.Retry(1)),
            Throws.ArgumentException.With.Message.Contains("'from_enumerable' cannot go on where it has failed"));

    [Test]
    public void OnError_SourceThatUsersEmitInto_IsRefused() =>
        Assert.That(() => new StreamSource<int>().OnError(ErrorPolicy.Skip), Throws.ArgumentException.With.Message.Contains("never fails"));

    [Test]
    public void OnError_DeadLetterQueue_IsRefused() =>
        Assert.That(() => new DeadLetterQueue().OnError(ErrorPolicy.Skip), Throws.ArgumentException.With.Message.Contains("never fails"));

    [Test]
    public async Task OnError_Operator_IsTheSameAsItsOption()
    {
        await using var source = new StreamSource<int>();
        var values = new List<int>();
        source.Map(x => x == 1 ? throw new IOException() : x).OnError(ErrorPolicy.Skip).Sink(values.Add);

        await source.EmitAllAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(values, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public async Task OnError_PolicyThatIsReplaced_LeavesNoEdge()
    {
        var dead = new DeadLetterQueue().Named("dead");
        dead.Sink(_ => { });
        await using var source = new StreamSource<int>();
        var map = source.Map(x => x).OnError(ErrorPolicy.DeadLetter(dead)).OnError(ErrorPolicy.Skip);
        map.Sink(_ => { });

        Assert.That(map.ToText(), Does.Not.Contain("dead"));
        Assert.That(dead.ToText(), Does.Not.Contain("map"));
    }

    private static Stream<int> Counting(FakeTimeProvider clock, Loops loops, int[] failAt, int last, StreamOptions? options = null) =>
        new(new SourceNode<int>("counting", () => new CountingStage(loops, failAt, last), (options ?? new StreamOptions()) with { TimeProvider = clock }) { CanRestart = true });

    private sealed class Loops
    {
        private int _running;

        public int Begun { get; private set; }

        public int MostAtOnce { get; private set; }

        public void Begin()
        {
            Begun++;
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
        }

        public void End() => _running--;
    }

    private sealed class CountingStage(Loops loops, int[] failAt, int last) : SourceStage<int>
    {
        private readonly Queue<int> _failAt = new(failAt);
        private int _next = 1;

        public override async Task RunAsync(SourceContext<int> context)
        {
            loops.Begin();
            try
            {
                for (; _next <= last; _next++)
                {
                    if (_failAt.TryPeek(out var at) && at == _next)
                    {
                        _failAt.Dequeue();
                        throw new IOException($"at {_next}");
                    }

                    await context.EmitAsync(_next);
                }
            }
            finally
            {
                loops.End();
            }
        }
    }
}
