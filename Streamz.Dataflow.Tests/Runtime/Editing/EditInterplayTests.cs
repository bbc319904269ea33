using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Runtime.Editing;

/// <summary>Edits that meet what else goes on in a pipeline: ends, loops, other edits, and whoever looks at it.</summary>
[TestFixture]
[CancelAfter(60_000)]
[SuppressMessage("Structure", "NUnit1032", Justification = "What a failing test has left busy would keep it from ending.")]
internal sealed class EditInterplayTests
{
    private readonly List<StreamSource<int>> _sources = [];
    private Pipeline? _pipeline;

    [TearDown]
    public async Task StopAsync()
    {
        if (_pipeline is not null)
        {
            await _pipeline.StopAsync(TimeSpan.Zero);
        }

        _sources.Clear();
    }

    [Test]
    public async Task Connect_ToANodeWhoseInputHasEndedButNotItsLoop_IsRefused()
    {
        var (a, b) = (Source(), Source());
        var gate = new TaskCompletionSource();
        var items = a.Switch(Items);
        items.Union(b).SinkToList();
        _pipeline = a.Start();
        await a.EmitAsync(1).Soon();
        a.Complete();
        await _pipeline.WhenSettledAsync().Soon();

        Assert.That(
            () => _pipeline.EditAsync(_ => b.Map(value => value).Connect(items)).Soon(),
            Throws.TypeOf<PipelineValidationException>().With.Message.Contains("has ended"));
        gate.SetResult();

        async IAsyncEnumerable<int> Items(int value)
        {
            await gate.Task;
            yield return value;
        }
    }

    [Test]
    public async Task Edit_ANodeIsReplacedByOneWithTheSameDeadLetters_TheQueueGoesOn()
    {
        var source = Source();
        var queue = new DeadLetterQueue().Named("queue");
        var letters = queue.Map(letter => (string)letter.NodeName).SinkToList();
        var back = source.Map(Refuse, options: new NodeOptions { Name = "old", OnError = ErrorPolicy.DeadLetter(queue) }).Buffer(10);
        back.SinkToList();
        _pipeline = source.Start();
        await source.DeliverAsync(1).Soon();

        await _pipeline.EditAsync(edit =>
        {
            edit.Find("old").Detach();
            source.Map(Refuse, options: new NodeOptions { Name = "new", OnError = ErrorPolicy.DeadLetter(queue) }).Connect(back);
        }).Soon();

        await source.DeliverAsync(2).Soon();
        Assert.That(_pipeline.Explain(), Does.Contain("queue"));
        await _pipeline.EditAsync(edit => edit.SetCapacity(edit.Find("queue"), 7)).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(letters, Is.EqualTo(new[] { "old", "new" }));

        static int Refuse(int value) => throw new FormatException($"{value}");
    }

    [Test, DefaultMode]
    public async Task CombineLatestAll_ASideIsRemovedWhileTheJoinIsBusy_ItsValueIsNotGivenAnyMore()
    {
        var (a, b) = (Source(), Source());
        var gate = new SemaphoreSlim(0);
        var seen = new List<IReadOnlyList<int>>();
        var join = new[] { a, b }.CombineLatestAll().Named("join");
        join.Sink(async values =>
        {
            seen.Add(values);
            await gate.WaitAsync();
        });
        _pipeline = a.Start();
        var segment = _pipeline.Run.Nodes.Find(node => node.NodeName == "join")!.Segment;
        await b.EmitAsync(1).Soon();
        await _pipeline.WhenSettledAsync().Soon();
        await a.EmitAsync(2).Soon();
        await _pipeline.WhenSettledAsync().Soon();
        var emits = a.EmitTogetherAsync([3, 4, 5]);
        await _pipeline.WhenSettledAsync().Soon();

        var edit = _pipeline.EditAsync(_ => b.Disconnect(join));
        await Waiting.Until(() => Task.FromResult(segment.IsRequested));
        gate.Release();
        await edit.Soon();
        gate.Release(10);
        await emits.Soon();
        await a.CompleteAsync().Soon();

        Assert.That(seen, Is.EqualTo(new[] { new[] { 2, 1 }, [3], [4], [5] }));
    }

    [Test]
    public async Task ZipAll_EmitsWaitAtASideThatIsRemoved_TheyAreDroppedAndTheSourceGoesOn()
    {
        var (a, b) = (Source(), Source());
        var zip = new[] { a, b }.ZipAll(options: new NodeOptions { Name = "zip", Capacity = 1 });
        var seen = zip.SinkToList();
        _pipeline = a.Start();
        var emits = new[] { 1, 2, 3 }.Select(value => b.DeliverAsync(value)).ToList();
        await _pipeline.WhenIdleAsync().Soon();

        await _pipeline.EditAsync(_ => b.Disconnect(zip)).Soon();

        Assert.That(await Task.WhenAll(emits).Soon(), Is.All.EqualTo(DeliveryOutcome.Dropped));
        await b.EmitAsync(4).Soon();
        await a.DeliverAsync(5).Soon();
        Assert.That(seen, Is.EqualTo(new[] { new[] { 5 } }));
        var snapshot = _pipeline.GetSnapshot();
        Assert.That(snapshot.Nodes.Single(node => node.Name == "zip").Dropped, Is.EqualTo(3));
        Assert.That(snapshot.Nodes.Where(node => node.Kind == NodeKind.Source).Sum(node => node.Received), Is.EqualTo(5));
    }

    [Test]
    public async Task Edit_ANodeBehindASplitIsTakenOut_NothingOvertakesWhatItHolds()
    {
        var source = Source();
        var gate = new TaskCompletionSource();
        var front = source.Map(value => value).Map(value => value).Named("front");
        var detour = front.Map(value => value);
        var back = detour.Buffer(10).MapAsync(async value =>
        {
            await gate.Task;
            return value;
        }).Buffer(10);
        var seen = back.SinkToList();
        _pipeline = source.Start();
        await source.EmitTogetherAsync([0, 1, 2]).Soon();
        await _pipeline.WhenSettledAsync().Soon();

        var edit = _pipeline.EditAsync(edit =>
        {
            edit.SetCapacity(front, 5);
            detour.Detach();
            front.Connect(back);
        });
        await _pipeline.WhenSettledAsync().Soon();
        var emits = source.EmitTogetherAsync([3, 4, 5]);
        await _pipeline.WhenSettledAsync().Soon();
        gate.SetResult();

        await Task.WhenAll(edit, emits).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 6)));
    }

    [Test]
    public async Task Edit_ANodeThatWaitsUntilItHasCaughtUpIsSplitOff_ItsCallIsMade()
    {
        var source = Source();
        var gate = new TaskCompletionSource();
        var late = source.MapAsync(async value =>
        {
            await gate.Task;
            return value;
        }).Then(new OperatorNode<int, int>("late", () => new LateStage()), new NodeOptions { Name = "late" });
        var seen = late.SinkToList();
        _pipeline = source.Start();
        await source.EmitAsync(1).Soon();
        await _pipeline.WhenSettledAsync().Soon();

        var edit = _pipeline.EditAsync(edit => edit.SetCapacity(late, 5));
        gate.SetResult();
        await edit.Soon();

        await _pipeline.WhenIdleAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task SetRate_TheEditMissesItsDeadline_TheOldRateHoldsAllTheTime()
    {
        var clock = new FakeTimeProvider();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var other = new StreamSource<int>();
        var gate = new TaskCompletionSource();
        var rate = source.RateLimit(TimeSpan.FromHours(1)).Named("rate");
        var slow = other.MapAsync(async value =>
        {
            await gate.Task;
            return value;
        });
        rate.Union(slow).SinkToList();
        var seen = rate.SinkToList();
        _pipeline = source.Start();
        await source.EmitAsync(0).Soon();
        await other.EmitAsync(0).Soon();
        await _pipeline.WhenSettledAsync().Soon();

        var edit = _pipeline.EditAsync(
            edit =>
            {
                edit.SetRate(rate, TimeSpan.FromSeconds(1));
                slow.SinkToList();
            },
            TimeSpan.FromMinutes(1));
        var emit = source.EmitAsync(1);
        await _pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(30)).Soon();
        Assert.That(seen, Has.Count.EqualTo(1));
        await _pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(30)).Soon();
        Assert.That(() => edit.Soon(), Throws.TypeOf<TimeoutException>());
        Assert.That(_pipeline.Explain(), Does.Contain("3600 s"));
        gate.SetResult();
    }

    [Test]
    public async Task CompleteAsync_ANodeIsSplitOffMeanwhile_WaitsForItToo()
    {
        var (a, b) = (Source(), Source());
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var seen = a.MapAsync(async value =>
        {
            await first.Task;
            return value;
        }).MapAsync(async value =>
        {
            if (value == 2)
            {
                await second.Task;
            }

            return value;
        }).Named("second").Union(b).SinkToList();
        _pipeline = a.Start();
        await b.DeliverAsync(0).Soon();
        var emits = a.EmitTogetherAsync([1, 2]);
        await _pipeline.WhenSettledAsync().Soon();
        var complete = a.CompleteAsync();
        var edit = _pipeline.EditAsync(edit => edit.SetCapacity(edit.Find("second"), 3));
        first.SetResult();
        await Task.WhenAll(edit, emits).Soon();
        await _pipeline.WhenSettledAsync().Soon();
        Assert.That(complete.IsCompleted, Is.False);

        second.SetResult();
        await complete.Soon();
        Assert.That(seen, Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public async Task CompleteAsync_ANodeWasSplitOffBefore_WhatItPassesOnIsWaitedForToo()
    {
        var (a, b) = (Source(), Source());
        var (first, third) = (new TaskCompletionSource(), new TaskCompletionSource());
        a.MapAsync(async value =>
        {
            await first.Task;
            return value;
        }).Map(value => value).Named("second").Union(b).Sink(_ => third.Task);
        _pipeline = a.Start();
        await _pipeline.EditAsync(edit => edit.SetCapacity(edit.Find("second"), 3)).Soon();
        await a.EmitAsync(1).Soon();
        await _pipeline.WhenSettledAsync().Soon();
        var complete = a.CompleteAsync();
        first.SetResult();
        await _pipeline.WhenSettledAsync().Soon();
        Assert.That(complete.IsCompleted, Is.False);

        third.SetResult();
        await complete.Soon();
    }

    [Test]
    public async Task Connect_IntoALoopThatIsEnding_NothingIsLost()
    {
        var (a, b) = (Source(), Source());
        var (flushing, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var union = a.Union();
        var lap = union.Buffer(10).Partition(2).MapAsync(async pair =>
        {
            if (pair.Count == 1)
            {
                flushing.TrySetResult();
                await gate.Task;
            }

            return pair;
        }).Flatten().Map(value => value - 1).Named("lap");
        lap.Filter(value => value > 0).Feedback(union, 10);
        var seen = lap.SinkToList();
        b.SinkToList();
        lap.Filter(_ => false).Union(b).SinkToList();
        _pipeline = a.Start();
        await a.EmitAsync(1).Soon();
        a.Complete();
        await flushing.Task.Soon();

        var isMade = true;
        try
        {
            await _pipeline.EditAsync(_ => b.Connect(union)).Soon();
        }
        catch (PipelineValidationException refusal)
        {
            Assert.That(refusal.Message, Does.Contain("ended").Or.Contain("ending"));
            isMade = false;
        }

        gate.SetResult();
        var emits = b.EmitTogetherAsync([5, 6, 7]);
        await emits.Soon();
        await b.CompleteAsync().Soon();
        await _pipeline.Completion.Soon();
        Assert.That(seen.Order(), Is.EqualTo(isMade ? [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6] : new[] { 0 }));
    }

    [Test]
    public async Task Edit_ABranchThatHasLeftComesBack_ItBelongsToThePipelineAgain()
    {
        var source = Source();
        source.SinkToList();
        var branch = source.Map(value => value);
        var seen = branch.SinkToList();
        _pipeline = source.Start();
        for (var round = 0; round < 200; round++)
        {
            await _pipeline.EditAsync(_ => branch.Detach()).Soon();
            for (var isBack = false; !isBack;)
            {
                try
                {
                    await _pipeline.EditAsync(_ => source.Connect(branch)).Soon();
                    isBack = true;
                }
                catch (PipelineValidationException refusal) when (refusal.Message.Contains("has not ended yet", StringComparison.Ordinal))
                {
                    await Task.Yield();
                }
            }

            await source.DeliverAsync(round).Soon();
            Assert.That(() => branch.Map(value => value), Throws.InvalidOperationException, $"round {round}");
        }

        await source.CompleteAsync().Soon();
        Assert.That(seen, Is.Not.Empty);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task Edit_ALoopThatElementsGoRoundIn_NoLapIsLost(int seed)
    {
        var random = new Random(seed);
        var source = Source();
        var union = source.Union();
        var first = union.Map(value => value).Named("first");
        var lap = first.Map(value => value).Named("second").Map(value => value - 1).Named("lap");
        lap.Filter(value => value % 8 > 0).Feedback(union, 10_000);
        var (laps, branched) = (0, 0);
        lap.Sink(_ => { laps++; });
        _pipeline = source.Start();
        var emitting = Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                await source.EmitAsync((8 * i) + 8);
            }
        });
        StreamSink? branch = null;
        for (var edits = 0; edits < 60; edits++)
        {
            await _pipeline.EditAsync(edit =>
            {
                switch (random.Next(5))
                {
                    case 0 when branch is null:
                        branch = lap.Sink(_ => { branched++; });
                        break;
                    case 0 or 1 when branch is { } gone:
                        gone.Detach();
                        branch = null;
                        break;
                    case 2:
                        edit.SetCapacity(first, random.Next(1, 20));
                        break;
                    case 3:
                        edit.SetCapacity(edit.Find("second"), random.Next(1, 20));
                        break;
                    default:
                        edit.SetCapacity(lap, random.Next(1, 20));
                        break;
                }
            }).Soon();
        }

        await emitting.Soon();
        await source.CompleteAsync().Soon();
        await _pipeline.Completion.Soon();
        Assert.That(laps, Is.EqualTo(8 * 2_000));
        Assert.That(branched, Is.LessThanOrEqualTo(laps));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task Edit_SidesOfJoinsComeAndGoAtRandom_EachKeepsItsOrderAndAllEnd(int seed)
    {
        var random = new Random(seed);
        var (a, b, c) = (Source(), Source(), Source());
        var union = a.Map(value => value).Union();
        var merge = union.MergePrioritized(c.Buffer(3));
        var zip = new[] { a.Buffer(2), b.Map(value => value) }.CombineLatestAll();
        var (merged, zipped) = (merge.SinkToList(), zip.SinkToList());
        _pipeline = a.Start();
        Emitting[] emitting = [new(a), new(b), new(c)];
        bool[] isConnected = new bool[4];
        for (var edits = 0; edits < 100; edits++)
        {
            await emitting[random.Next(3)].PassAsync(random.Next(30));
            var at = random.Next(4);
            var (side, join) = (at % 2 == 0 ? (Stream<int>)b : c, at < 2 ? merge : (IStream)zip);
            if (at == 2)
            {
                // It is there already.
                continue;
            }

            await _pipeline.EditAsync(_ =>
            {
                if (isConnected[at])
                {
                    side.Disconnect(join);
                }
                else
                {
                    side.Connect(join);
                }
            }).Soon();
            isConnected[at] = !isConnected[at];
        }

        var count = await emitting[0].EndAsync();
        await emitting[1].EndAsync();
        await emitting[2].EndAsync();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync(), c.CompleteAsync()).Soon();
        await _pipeline.Completion.Soon();
        Assert.That(merged, Has.Count.GreaterThanOrEqualTo(count));
        Assert.That(zipped.Select(values => values[0]), Is.Ordered);
    }

    [Test]
    public async Task Edit_WithinTheDescriptionOfAnotherPipelinesEdit_BothAreMade()
    {
        var (source, other) = (Source(), Source());
        source.SinkToList();
        other.SinkToList();
        _pipeline = source.Start();
        await using var another = other.Start();
        Task inner = null!;
        SinkList<int> outside = null!, inside = null!;

        await _pipeline.EditAsync(_ =>
        {
            inner = another.EditAsync(_ => inside = other.SinkToList());
            outside = source.SinkToList();
        }).Soon();

        await inner.Soon();
        await source.DeliverAsync(1).Soon();
        await other.DeliverAsync(2).Soon();
        Assert.That((outside.Single(), inside.Single()), Is.EqualTo((1, 2)));
        await other.CompleteAsync().Soon();
    }

    [Test]
    public async Task Edit_WhileOthersLookAtThePipeline_TheyAlwaysSeeAWhole()
    {
        var (a, b) = (Source(), Source());
        var zip = new[] { a.Map(value => value), b }.CombineLatestAll();
        zip.SinkToList();
        _pipeline = a.Start();
        using var done = new CancellationTokenSource();
        var looking = Task.Run(() =>
        {
            for (var looks = 0; !done.IsCancellationRequested; looks++)
            {
                Assert.That(_pipeline.Explain(), Is.Not.Empty);
                Assert.That(_pipeline.GetSnapshot().Nodes, Is.Not.Empty);
                Assert.That(a.ToMermaid(), Is.Not.Empty);
            }
        });
        for (var round = 0; round < 300 && !looking.IsCompleted; round++)
        {
            Stream<int> branch = null!;
            await _pipeline.EditAsync(_ =>
            {
                branch = a.Map(value => value);
                branch.Map(value => value).Connect(zip);
            }).Soon();
            await _pipeline.EditAsync(edit => edit.SetCapacity(branch, 3)).Soon();
            await _pipeline.EditAsync(_ => branch.Detach()).Soon();
        }

        await done.CancelAsync();
        await looking.Soon();
    }

    private StreamSource<int> Source()
    {
        var source = new StreamSource<int>();
        _sources.Add(source);
        return source;
    }

    /// <summary>Pushes each element on when nothing more has arrived.</summary>
    private sealed class LateStage : Stage<int, int>
    {
        public override ValueTask OnElementAsync(Element<int> element)
        {
            Context.WhenCaughtUp(() => PushAsync(element));
            return default;
        }
    }
}
