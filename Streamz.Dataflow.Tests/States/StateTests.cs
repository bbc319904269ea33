using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.States;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
internal sealed class StateTests
{
    private static readonly NodeOptions s_total = new() { Name = "total" };
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly InMemoryCheckpointStore _store = new();

    private StreamOptions Options => new()
    {
        TimeProvider = _clock,
        Checkpoints = new CheckpointOptions(_store, "test") { SaveStates = true },
    };

    [Test]
    public async Task States_RunFails_NextGoesOnFromTheLastSaveAsIfItHadNot()
    {
        var fails = true;
        var numbers = NumbersSource.Create(10, Options, ends: true, s_second);
        var totals = new List<int>();
        numbers.Map(x => x == 5 && fails ? throw new InvalidOperationException("five") : x)
            .Accumulate((sum, x) => sum + x, s_total).Sink(totals.Add);
        var first = numbers.Start();
        await first.AdvanceAsync(_clock, 10 * s_second, s_second / 4).Soon();
        Assert.That(first.Completion.IsFaulted);

        fails = false;
        var second = numbers.Start();
        await second.AdvanceAsync(_clock, 10 * s_second, s_second).Soon();
        await second.Completion.Soon();

        Assert.That(totals.Distinct(), Is.EqualTo(new[] { 0, 1, 3, 6, 10, 15, 21, 28, 36, 45 }));
        Assert.That(totals, Has.Count.LessThan(15), "It has not begun anew.");
    }

    [Test]
    public async Task States_SinkSeesAnElementAgain_ButOneThatKnowsPositionsDoesNot()
    {
        var store = new List<(int Number, int Total)>();
        var seen = 0;
        var numbers = NumbersSource.Create(6, Options with { Checkpoints = Options.Checkpoints! with { Interval = Timeout.InfiniteTimeSpan } }, ends: false, s_second);
        numbers.Accumulate((Number: 0, Total: 0), (state, x) => (x, state.Total + x), s_total).Sink(result =>
        {
            seen++;
            if (store.Count == 0 || result.Number > store[^1].Number)
            {
                store.Add(result);
            }
        });
        var first = numbers.Start();
        await first.AdvanceAsync(_clock, 4 * s_second, s_second).Soon();
        await first.Run.Checkpoints!.Request().Soon();
        await first.AdvanceAsync(_clock, 2 * s_second, s_second).Soon();
        first.Run.Abort();
        await first.Completion.Ended().Soon();

        var second = numbers.Start();
        await second.AdvanceAsync(_clock, 2 * s_second, s_second).Soon();
        await second.StopAsync(s_second).Soon();

        Assert.That(seen, Is.EqualTo(8), "At least once: what came behind the last save comes again.");
        Assert.That(store, Is.EqualTo(new[] { (0, 0), (1, 1), (2, 3), (3, 6), (4, 10), (5, 15) }), "Effectively once.");
    }

    [Test]
    public async Task States_FullJoin_IsSavedWithWhatWaitsBehindIt()
    {
        var numbers = NumbersSource.Create(20, Options, ends: false);
        var late = new StreamSource<string>();
        var pairs = new List<string>();
        var ten = new TaskCompletionSource();
        numbers.Map(async x => { await Task.Yield(); return x; }).Zip(late, maxSize: 3, options: s_total).Sink(pair =>
        {
            pairs.Add($"{pair.First}{pair.Second}");
            if (pairs.Count == 10)
            {
                ten.SetResult();
            }
        });
        var first = numbers.Start();
        await first.SettleAsync().Soon();
        await first.AdvanceAsync(_clock, s_second).Soon();
        Assert.That(pairs, Is.Empty);
        await first.StopAsync(TimeSpan.Zero).Soon();

        var second = numbers.Start();
        foreach (var letter in "abcdefghij")
        {
            await late.EmitAsync($"{letter}").Soon();
        }

        // Not until it is settled: what yields goes on through the pool, where the pipeline does not see it.
        await ten.Task.Soon();
        await second.StopAsync(s_second).Soon();

        Assert.That(pairs, Is.EqualTo(new[] { "0a", "1b", "2c", "3d", "4e", "5f", "6g", "7h", "8i", "9j" }));
    }

    [Test]
    public async Task States_EmitDuringASave_WaitsAndLands()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var commands = new StreamSource<int>(Options);
        var written = new List<int>();
        commands.Accumulate((sum, x) => sum + x, s_total).Sink(async x =>
        {
            await (x == 1 ? gate.Task : Task.CompletedTask);
            written.Add(x);
        });
        var pipeline = commands.Start();
        await commands.EmitAsync(1).Soon();
        await pipeline.AdvanceAsync(_clock, s_second).Soon();

        var emit = commands.EmitAsync(2);
        Assert.That(emit.IsCompleted, Is.False);
        Assert.That(commands.TryEmit(3), Is.False);
        using var cancelled = new CancellationTokenSource();
        var third = commands.EmitAsync(100, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        Assert.That(async () => await third.Soon(), Throws.InstanceOf<OperationCanceledException>());
        gate.SetResult();
        await emit.Soon();
        await commands.CompleteAsync().Soon();

        Assert.That(written, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public async Task States_SourceCompletedDuringASave_WaitsForWhatIsKeptOut()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var commands = new StreamSource<int>(Options);
        var others = new StreamSource<int>();
        var written = new List<int>();
        commands.Union(others).Sink(async x =>
        {
            await (x == 1 ? gate.Task : Task.CompletedTask);
            written.Add(x);
        });
        var pipeline = commands.Start();
        await commands.EmitAsync(1).Soon();
        await pipeline.AdvanceAsync(_clock, s_second).Soon();
        var emit = commands.EmitAsync(2);
        var completed = commands.CompleteAsync();

        await pipeline.SettleAsync().Soon();
        Assert.That((emit.IsCompleted, completed.IsCompleted), Is.EqualTo((false, false)));
        gate.SetResult();
        await completed.Soon();

        Assert.That(written, Is.EqualTo(new[] { 1, 2 }));
        await pipeline.StopAsync(s_second).Soon();
    }

    [Test]
    public async Task States_NodeIsPaused_SaveIsLeftOutAndNobodyIsKeptOut()
    {
        var commands = new StreamSource<int>(Options);
        var written = new List<int>();
        var buffer = commands.Buffer(10);
        buffer.Accumulate((sum, x) => sum + x, s_total).Sink(written.Add);
        var pipeline = commands.Start();
        await pipeline.EditAsync(edit => edit.Pause(buffer)).Soon();
        await commands.EmitAsync(1).Soon();

        await pipeline.AdvanceAsync(_clock, 3 * s_second).Soon();
        await commands.EmitAsync(2).Soon();
        await pipeline.EditAsync(edit => edit.Resume(buffer)).Soon();
        await pipeline.SettleAsync().Soon();

        Assert.That(written, Is.EqualTo(new[] { 1, 3 }));
        await pipeline.StopAsync(s_second).Soon();
    }

    [Test]
    public async Task States_EndOfTheInput_FlushesAndSavesWhatIsLeft()
    {
        var first = NumbersSource.Create(5, Options, ends: true);
        var written = new List<int>();
        first.Partition(2, options: s_total).Sink(list => written.Add(list.Count));
        await first.Start().Completion.Soon();

        var second = NumbersSource.Create(8, Options, ends: true);
        second.Partition(2, options: s_total).Sink(list => written.Add(list.Count));
        await second.Start().Completion.Soon();

        Assert.That(written, Is.EqualTo(new[] { 2, 2, 1, 2, 1 }));
    }

    [Test]
    public void States_NodeWithoutNameOrSnapshot_IsRefusedAtTheStartWithAllOthers()
    {
        var numbers = NumbersSource.Create(1, Options, ends: true);
        numbers.Take(3).SinkToList();
        numbers.Balance(2, worker => worker.Accumulate((sum, x) => sum + x)).SinkToList();
        numbers.Map(x => AsyncEnumerable.Range(x, 3)).Switch().SinkToList();
        numbers.Then(new OperatorNode<int, int>("sorter", () => new SorterStage()) { Kind = NodeKind.Stateful }).SinkToList();

        var refusal = Assert.Throws<PipelineValidationException>(() => numbers.Start());

        Assert.That(refusal.Errors, Has.Count.EqualTo(4));
        Assert.That(refusal.Message, Does.Contain("'take n=3' has a state that is saved, and no name")
            .And.Contain("'balance")
            .And.Contain("'switch' works through a sequence")
            .And.Contain("'sorter' keeps a state, and its stage cannot save it"));
    }

    [Test]
    public async Task States_NodeIsGone_IsRefusedUnlessForgotten()
    {
        var before = NumbersSource.Create(3, Options, ends: true);
        before.Accumulate((sum, x) => sum + x, s_total).SinkToList();
        await before.Start().Completion.Soon();

        var renamed = NumbersSource.Create(5, Options, ends: true);
        var list = renamed.Accumulate((sum, x) => sum + x, new NodeOptions { Name = "sum" }).SinkToList();
        var fault = Assert.ThrowsAsync<NodeFailedException>(() => renamed.Start().Completion.Soon());
        Assert.That(fault.InnerException, Is.TypeOf<InvalidDataException>().With.Message.Contains("'total'"));
        Assert.That(list, Is.Empty);

        var forgets = NumbersSource.Create(5, Options with { Checkpoints = Options.Checkpoints! with { ForgetUnknownStates = true } }, ends: true);
        var rest = forgets.Accumulate((sum, x) => sum + x, new NodeOptions { Name = "sum" }).SinkToList();
        await forgets.Start().Completion.Soon();
        Assert.That(rest, Is.EqualTo(new[] { 3, 7 }));

        var again = NumbersSource.Create(6, Options, ends: true);
        var last = again.Accumulate((sum, x) => sum + x, new NodeOptions { Name = "sum" }).SinkToList();
        await again.Start().Completion.Soon();
        Assert.That(last, Is.EqualTo(new[] { 12 }), "What is forgotten is gone from the store.");
    }

    [Test]
    public async Task States_TypeHasChanged_FailsTheStartUnderTheNameOfTheNode()
    {
        var before = NumbersSource.Create(3, Options, ends: true);
        before.Accumulate("", (all, x) => all + x, s_total).SinkToList();
        await before.Start().Completion.Soon();

        var after = NumbersSource.Create(5, Options with { OnError = ErrorPolicy.Skip }, ends: true);
        var list = after.Accumulate((sum, x) => sum + x, s_total).SinkToList();
        var fault = Assert.ThrowsAsync<NodeFailedException>(() => after.Start().Completion.Soon());

        Assert.That(fault.NodeName, Is.EqualTo("total"));
        Assert.That(fault.InnerException, Is.TypeOf<InvalidDataException>().With.Message.Contains("ForgetUnknownStates"));
        Assert.That(list, Is.Empty);
    }

    [Test]
    public async Task States_JoinHasOtherSides_FailsTheStart()
    {
        var before = NumbersSource.Create(3, Options, ends: true);
        new Stream<int>[] { before, before.Map(x => x) }.ZipAll(options: s_total).SinkToList();
        await before.Start().Completion.Soon();

        var after = NumbersSource.Create(5, Options, ends: true);
        var list = new Stream<int>[] { after, after.Map(x => x), after.Map(x => x) }.ZipAll(options: s_total).SinkToList();
        var fault = Assert.ThrowsAsync<NodeFailedException>(() => after.Start().Completion.Soon());

        Assert.That(fault.NodeName, Is.EqualTo("total"));
        Assert.That(fault.InnerException, Is.TypeOf<InvalidDataException>().With.Message.Contains("of 2 sides").And.Message.Contains("has 3"));
        Assert.That(list, Is.Empty);
    }

    [Test]
    public async Task States_ValueWouldLoseAPart_FailsAtTheFirstSave()
    {
        var numbers = NumbersSource.Create(3, Options, ends: true);
        numbers.Accumulate(new Hidden(), (state, x) => state.Plus(x), s_total).SinkToList();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => numbers.Start().Completion.Soon());

        Assert.That(fault.InnerException!.Message, Does.Contain("The state of 'total' cannot be saved").And.Contain("_sum"));
        await Task.CompletedTask;
    }

    [Test]
    public async Task States_CustomStage_GoesOnToo()
    {
        var sums = new List<int>();
        foreach (var end in new[] { 2, 5 })
        {
            var numbers = NumbersSource.Create(end, Options, ends: true);
            numbers.Then(new OperatorNode<int, int>("sum", () => new SumStage()) { Kind = NodeKind.Stateful }, s_total).Sink(sums.Add);
            await numbers.Start().Completion.Soon();
        }

        Assert.That(sums, Is.EqualTo(new[] { 0, 1, 3, 6, 10 }));
    }

    private sealed class SorterStage : Stage<int, int>
    {
        public override ValueTask OnElementAsync(Element<int> element) => PushAsync(element);
    }

    private sealed class SumStage : Stage<int, int>, ISnapshot
    {
        private int _sum;

        public override ValueTask OnElementAsync(Element<int> element) => PushAsync(element.With(_sum += element.Value));

        public void Save(SnapshotWriter snapshot) => snapshot.Write("sum", _sum);

        public void Restore(SnapshotReader snapshot) => _sum = snapshot.Read<int>("sum");
    }

    private sealed class Hidden
    {
        private int _sum;

        public Hidden Plus(int x) => new() { _sum = _sum + x };
    }
}
