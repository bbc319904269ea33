using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.States;

/// <summary>
/// The law of states: a run that is ended at any element, and gone on with by another one, gives together what a single run gives. It holds at a stop,
/// which saves what is held, and at an abort, for what a barrier has saved before.
/// </summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
internal sealed class StateLaws
{
    private const int Count = 10;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <summary>So short that nothing else is due at the moment of an element, which could come before it or after.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider _clock = new();

    [Test]
    public async Task States_RunCutByAStop_GivesWithTheNextWhatOneRunGives([ValueSource(typeof(StateCase), nameof(StateCase.All))] StateCase given)
    {
        await HoldsAsync(given, stopsIn: TimeSpan.FromDays(1));
    }

    [Test]
    public async Task States_RunCutByAnAbort_GivesWithTheNextWhatOneRunGives([ValueSource(typeof(StateCase), nameof(StateCase.All))] StateCase given)
    {
        await HoldsAsync(given, stopsIn: TimeSpan.Zero);
    }

    [Test]
    public void States_EveryStageThatIsSaved_HasACase()
    {
        var saved = typeof(Pipeline).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false, IsClass: true } && type.GetInterface("ISnapshot") is not null)
            .Select(type => type.Name);
        var tried = StateCase.All.SelectMany(given => NodesOf(given)).Select(node => node.CreateStage().GetType().Name);

        Assert.That(saved, Is.SubsetOf(tried));
    }

    private static IEnumerable<Node> NodesOf(StateCase given)
    {
        var numbers = NumbersSource.Create(1, null, ends: true);
        return GraphOrder.Downstream(given.Build(numbers).Node).Concat(GraphOrder.Downstream(numbers.Node))
            .Where(node => node.Kind != NodeKind.Source);
    }

    private async Task HoldsAsync(StateCase given, TimeSpan stopsIn)
    {
        TestMode.LeaveOutTwoWays(NodesOf(given).Any(node => node.Inputs.Count > 1));
        var expected = new List<string>();
        await RunToEndAsync(given, new InMemoryCheckpointStore(), expected);
        for (var cut = 0; cut <= Count; cut++)
        {
            var store = new InMemoryCheckpointStore();
            var written = new List<string>();
            var first = Start(given, cut, ends: false, store, written);
            await first.SettleAsync().Soon();
            for (var step = 0; step < (given.IsTimed ? cut : 0); step++)
            {
                await first.AdvanceAsync(_clock, s_second, s_step).Soon();
            }

            await first.Run.Checkpoints!.Request().Soon();
            await first.StopAsync(stopsIn).Soon();
            var before = written.Count;
            await RunToEndAsync(given, store, written);

            Assert.That(written, Is.EqualTo(expected), $"cut behind {cut} elements, and {before} results");
        }
    }

    private async Task RunToEndAsync(StateCase given, ICheckpointStore store, List<string> written)
    {
        var pipeline = Start(given, Count, ends: true, store, written);
        await pipeline.SettleAsync().Soon();
        for (var step = 0; step < 10 * Count && !pipeline.Completion.IsCompleted; step++)
        {
            await pipeline.AdvanceAsync(_clock, s_second, s_step).Soon();
        }

        await pipeline.Completion.Soon();
    }

    private Pipeline Start(StateCase given, int end, bool ends, ICheckpointStore store, List<string> written)
    {
        var options = new StreamOptions
        {
            TimeProvider = _clock,
            Checkpoints = new CheckpointOptions(store, "test") { SaveStates = true, Interval = Timeout.InfiniteTimeSpan, Every = 1 },
        };
        var numbers = NumbersSource.Create(end, options, ends, given.IsTimed ? s_second : default);
        given.Build(numbers).Sink(written.Add);
        return numbers.Start();
    }
}
