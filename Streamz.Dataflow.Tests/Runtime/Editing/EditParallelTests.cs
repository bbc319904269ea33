using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Time.Testing;

namespace Streamz.Dataflow.Tests.Runtime.Editing;

/// <summary>Nodes that work on several elements at once, and are set anew or paused meanwhile.</summary>
[TestFixture]
[CancelAfter(60_000)]
[SuppressMessage("Structure", "NUnit1032", Justification = "What a failing test has left busy would keep it from ending.")]
internal sealed class EditParallelTests
{
    private FakeTimeProvider _clock = null!;
    private StreamSource<int> _source = null!;
    private Pipeline? _pipeline;

    [SetUp]
    public void MakeSource() => _source = new StreamSource<int>(new StreamOptions { TimeProvider = _clock = new FakeTimeProvider() });

    [TearDown]
    public async Task StopAsync()
    {
        if (_pipeline is not null)
        {
            await _pipeline.StopAsync(TimeSpan.Zero);
        }
    }

    [Test]
    public async Task SetCapacity_ToMoreThanTheWorkersWereMadeFor_EveryElementIsStarted()
    {
        var work = new GatedWork();
        var seen = _source.MapAsync(work.RunAsync, maxDegreeOfParallelism: 2).Named("work").SinkToList();
        _pipeline = _source.Start();
        await _pipeline.EditAsync(edit => edit.SetCapacity(edit.Find("work"), 50)).Soon();

        await _source.EmitTogetherAsync(Enumerable.Range(0, 50)).Soon();
        work.Gate.Release(100);

        await _source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 50)));
    }

    [Test]
    public async Task SetParallelism_AgainAfterOneThatMissedItsDeadline_NeverWorksOnMore()
    {
        var work = new GatedWork();
        var seen = _source.MapAsync(work.RunAsync, maxDegreeOfParallelism: 3).Named("work").SinkToList();
        _pipeline = _source.Start();
        var emits = _source.EmitTogetherAsync(Enumerable.Range(0, 3));
        await _pipeline.WhenSettledAsync().Soon();
        var late = _pipeline.EditAsync(edit => edit.SetParallelism(edit.Find("work"), 4), TimeSpan.FromMinutes(1));
        await _pipeline.WhenSettledAsync().Soon();
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(() => late.Soon(), Throws.TypeOf<TimeoutException>().With.Message.Contains("'work'"));
        var edit = _pipeline.EditAsync(edit => edit.SetParallelism(edit.Find("work"), 1));
        var later = _source.EmitTogetherAsync(Enumerable.Range(3, 20));
        await _pipeline.WhenSettledAsync().Soon();

        work.Gate.Release(3);
        await Task.WhenAll(edit, emits).Soon();
        await _pipeline.WhenSettledAsync().Soon();

        Assert.That(work.Running, Is.EqualTo(1));
        work.Most = 0;
        work.Gate.Release(100);
        await later.Soon();
        await _source.CompleteAsync().Soon();
        Assert.That(work.Most, Is.LessThanOrEqualTo(1));
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 23)));
    }

    [Test]
    public async Task SetParallelism_ElementsComeMeanwhile_TheyAreStartedInTheirOrder()
    {
        var gate = new TaskCompletionSource();
        var started = new List<int>();
        _source.MapAsync(
            async value =>
            {
                lock (started)
                {
                    started.Add(value);
                }

                await gate.Task;
                return value;
            },
            maxDegreeOfParallelism: 4).Named("work").SinkToList();
        _pipeline = _source.Start();
        await _source.EmitAsync(0).Soon();
        await _pipeline.WhenSettledAsync().Soon();
        var edit = _pipeline.EditAsync(edit => edit.SetParallelism(edit.Find("work"), 1));
        await _pipeline.WhenSettledAsync().Soon();
        await _source.EmitTogetherAsync(Enumerable.Range(1, 7)).Soon();

        gate.SetResult();

        await edit.Soon();
        await _source.CompleteAsync().Soon();
        Assert.That(started, Is.EqualTo(Enumerable.Range(0, 8)));
    }

    [Test]
    public async Task SetParallelism_DownAndUpWhileElementsStream_NothingIsStuck()
    {
        var seen = _source.Map(value => value, maxDegreeOfParallelism: 8).Named("work").SinkToList();
        _pipeline = _source.Start();
        var emitting = new Emitting(_source);
        for (var round = 0; round < 200; round++)
        {
            await emitting.PassAsync(20);
            await _pipeline.EditAsync(edit => edit.SetParallelism(edit.Find("work"), round % 2 == 0 ? 1 : 8)).Soon();
        }

        var count = await emitting.EndAsync();
        await _source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, count)));
    }

    [Test]
    public async Task SetParallelism_AWorkerWaitsForRoomAtAQueueThatIsSetToo_TheEditIsMade()
    {
        var queue = new DeadLetterQueue();
        var (gate, letters) = (new SemaphoreSlim(0), new List<object?>());
        queue.Named("letters").Sink(async letter =>
        {
            await gate.WaitAsync();
            letters.Add(letter.Element);
        });
        _source.MapAsync(
            ValueTask<int> (value) => throw new FormatException($"{value}"),
            maxDegreeOfParallelism: 2,
            options: new NodeOptions { Name = "work", OnError = ErrorPolicy.DeadLetter(queue), Capacity = 20 }).SinkToList();
        _pipeline = _source.Start();
        await _source.EmitTogetherAsync(Enumerable.Range(0, 20)).Soon();
        await _pipeline.WhenSettledAsync().Soon();

        var edit = _pipeline.EditAsync(
            edit =>
            {
                edit.SetParallelism(edit.Find("work"), 3);
                edit.SetCapacity(edit.Find("letters"), 2);
            },
            Timeout.InfiniteTimeSpan);
        gate.Release();
        await _pipeline.WhenSettledAsync().Soon();
        gate.Release(100);

        await edit.Soon();
        await _source.CompleteAsync().Soon();
        Assert.That(letters, Is.EquivalentTo(Enumerable.Range(0, 20)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Pause_AParallelNode_NothingEntersUntilItIsResumed(bool isStopped)
    {
        var started = 0;
        var seen = _source.MapAsync(
            async value =>
            {
                Interlocked.Increment(ref started);
                await Task.Yield();
                return value;
            },
            maxDegreeOfParallelism: 2).Named("work").SinkToList();
        _pipeline = _source.Start();
        await _source.DeliverAsync(0).Soon();
        await _pipeline.EditAsync(edit => edit.Pause(edit.Find("work"))).Soon();

        var emits = _source.EmitTogetherAsync(Enumerable.Range(1, 20));
        await _pipeline.WhenSettledAsync().Soon();
        Assert.That(started, Is.EqualTo(1));

        await _pipeline.EditAsync(edit => edit.SetParallelism(edit.Find("work"), 3)).Soon();
        await _pipeline.WhenSettledAsync().Soon();
        Assert.That(started, Is.EqualTo(1), "An edit of a paused node leaves it paused.");
        await (isStopped ? _pipeline.StopAsync(Timeout.InfiniteTimeSpan) : _pipeline.EditAsync(edit => edit.Resume(edit.Find("work")))).Soon();
        await emits.Soon();
        await _source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 21)));
    }

    [Test]
    public async Task Resume_AndSetParallelismInOneEdit_NeverWorksOnMore()
    {
        var work = new GatedWork();
        var seen = _source.MapAsync(work.RunAsync, maxDegreeOfParallelism: 2).Named("work").SinkToList();
        _pipeline = _source.Start();
        await _pipeline.EditAsync(edit => edit.Pause(edit.Find("work"))).Soon();
        var emits = _source.EmitTogetherAsync(Enumerable.Range(0, 20));
        await _pipeline.EditAsync(edit => edit.Resume(edit.Find("work")).SetParallelism(edit.Find("work"), 3)).Soon();
        await _pipeline.WhenSettledAsync().Soon();
        Assert.That(work.Running, Is.EqualTo(3));

        work.Gate.Release(100);
        await emits.Soon();
        await _source.CompleteAsync().Soon();
        Assert.That(work.Most, Is.EqualTo(3));
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Pause_AParallelNodeAndThePipelineEndsOtherwise_NothingWaits(bool fails)
    {
        var started = 0;
        _source.Map(
            value =>
            {
                Interlocked.Increment(ref started);
                return value;
            },
            maxDegreeOfParallelism: 2).Named("work").SinkToList();
        var other = new StreamSource<int>();
        var failing = other.Map(int (value) => throw new FormatException($"{value}"));
        _source.Union(failing).SinkToList();
        _pipeline = _source.Start();
        await _pipeline.EditAsync(edit => edit.Pause(edit.Find("work"))).Soon();
        var emits = _source.EmitTogetherAsync(Enumerable.Range(0, 20));
        await _pipeline.WhenSettledAsync().Soon();
        Assert.That(started, Is.Zero);
        if (fails)
        {
            await other.EmitAsync(1).Soon();
        }
        else
        {
            await _pipeline.StopAsync(TimeSpan.Zero).Soon();
        }

        await emits.Ended();
        Assert.That(() => _pipeline.Completion.Soon(), fails ? Throws.TypeOf<NodeFailedException>() : Throws.TypeOf<PipelineAbortedException>());
    }

    [Test]
    public async Task Pause_AParallelNodeIsBusyUntilTheDeadline_ItGoesOn()
    {
        var work = new GatedWork();
        var seen = _source.MapAsync(work.RunAsync, maxDegreeOfParallelism: 2).Named("work").SinkToList();
        _pipeline = _source.Start();
        await _source.EmitTogetherAsync(Enumerable.Range(0, 3)).Soon();
        await _pipeline.WhenSettledAsync().Soon();
        var pause = _pipeline.EditAsync(edit => edit.Pause(edit.Find("work")), TimeSpan.FromMinutes(1));
        await _pipeline.WhenSettledAsync().Soon();
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(
            () => pause.Soon(),
            Throws.TypeOf<TimeoutException>().With.Message.Contains("'work'"));
        work.Gate.Release(100);
        await _source.EmitAsync(3).Soon();
        await _source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 4)));
    }

    /// <summary>Counts how many elements it works on at once, and ends with one when the gate lets it.</summary>
    private sealed class GatedWork
    {
        private readonly Lock _lock = new();

        public SemaphoreSlim Gate { get; } = new(0);

        public int Running { get; private set; }

        public int Most { get; set; }

        public async Task<int> RunAsync(int value)
        {
            lock (_lock)
            {
                Most = Math.Max(Most, ++Running);
            }

            await Gate.WaitAsync();
            lock (_lock)
            {
                Running--;
            }

            return value;
        }
    }
}
