namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(30_000)]
internal sealed class EmitAllTests
{
    private static readonly int[] s_numbers = [.. Enumerable.Range(0, 300)];

    private readonly Turnstile _turnstile = new();

    [Test]
    public async Task EmitAllAsync_AnArrayLongerThanThereIsRoom_WaitsAndTakesTheRestInOrder()
    {
        var (source, pipeline, list) = Start();
        var emit = source.EmitAllAsync(s_numbers).AsTask();

        await pipeline.WhenSettledAsync().Soon();
        Assert.That(emit.IsCompleted, Is.False);
        Assert.That(pipeline.GetSnapshot().Nodes.Max(node => node.Queued), Is.LessThanOrEqualTo(20));

        _turnstile.Open();
        await emit.Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 300)));
    }

    [Test]
    public async Task EmitAllAsync_ArraysOfSeveralEmitters_EachKeepsItsOrderAndNothingIsLost([Values(1, 16, 128)] int capacity)
    {
        var source = new StreamSource<(int Emitter, int Number)>();
        var list = source.Map(value => value, options: new NodeOptions { Capacity = capacity }).SinkToList();
        source.Start();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(emitter => Task.Run(async () =>
        {
            var random = new Random(emitter);
            for (var number = 0; number < 5_000;)
            {
                var length = Math.Min(random.Next(1, 200), 5_000 - number);
                await source.EmitAllAsync(Enumerable.Range(number, length).Select(each => (emitter, each)).ToArray());
                number += length;
            }
        }))).Soon();
        await source.CompleteAsync().Soon();
        foreach (var emitter in list.GroupBy(element => element.Emitter))
        {
            Assert.That(emitter.Select(element => element.Number), Is.EqualTo(Enumerable.Range(0, 5_000)));
        }

        Assert.That(list, Has.Count.EqualTo(20_000));
    }

    [Test]
    public async Task EmitAllAsync_SourceIsClosedMeanwhile_TheRestIsRefusedAndWhatWasTakenArrives()
    {
        var (source, pipeline, list) = Start();
        var emit = source.EmitAllAsync(s_numbers).AsTask();
        await pipeline.WhenSettledAsync().Soon();

        // The one that waits still lands.
        source.Complete();
        _turnstile.Open();

        Assert.That(async () => await emit.Soon(), Throws.TypeOf<PipelineClosedException>());
        await pipeline.Completion.Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 21)));
    }

    [Test]
    public async Task EmitAllAsync_Cancelled_TheRestIsNotTaken()
    {
        using var cancel = new CancellationTokenSource();
        var (source, pipeline, list) = Start();
        var emit = source.EmitAllAsync(s_numbers, cancel.Token).AsTask();
        await pipeline.WhenSettledAsync().Soon();

        await cancel.CancelAsync();

        Assert.That(async () => await emit.Soon(), Throws.InstanceOf<OperationCanceledException>());
        _turnstile.Open();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [Test]
    public async Task EmitAllAsync_CancelledAnywhereBesideOtherEmitters_WhatWasTakenIsTheBeginning([Range(1, 5)] int seed)
    {
        var random = new Random(seed);
        var source = new StreamSource<(int Round, int Number)>();
        var list = source.Map(value => value, options: new NodeOptions { Capacity = random.Next(1, 40) }).SinkToList();
        source.Start();
        var other = Task.Run(async () =>
        {
            for (var number = 0; number < 20_000; number++)
            {
                await source.EmitAsync((-1, number));
            }
        });
        for (var round = 0; round < 100; round++)
        {
            using var cancel = new CancellationTokenSource();
            var emit = source.EmitAllAsync(Enumerable.Range(0, 300).Select(number => (round, number)).ToArray(), cancel.Token).AsTask();
            Thread.SpinWait(random.Next(20_000));
            await cancel.CancelAsync();
            await emit.Ended();
        }

        await other.Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list.Select(element => element.Round).Where(round => round >= 0), Is.Ordered);
        foreach (var round in list.GroupBy(element => element.Round))
        {
            Assert.That(round.Select(element => element.Number), Is.EqualTo(Enumerable.Range(0, round.Key < 0 ? 20_000 : round.Count())));
        }
    }

    [Test]
    public async Task EmitAllAsync_TheSideThatItWaitsAtIsRemoved_TheEmitterGoesOn()
    {
        StreamSource<int> stays = new(), leaves = new();
        var zip = new[] { stays, leaves }.ZipAll();
        zip.SinkToList();
        var pipeline = stays.Start();
        var emit = leaves.EmitAllAsync(s_numbers).AsTask();
        await pipeline.WhenSettledAsync().Soon();
        Assert.That(emit.IsCompleted, Is.False);

        await pipeline.EditAsync(_ => leaves.Disconnect(zip)).Soon();

        await emit.Soon();
        await pipeline.WhenIdleAsync().Soon();
        var nodes = pipeline.GetSnapshot().Nodes;
        Assert.That(nodes.Sum(node => node.Dropped), Is.EqualTo(11), "Those that were held, and the one that waited.");
        Assert.That(nodes.Sum(node => node.Discarded), Is.EqualTo(289), "Those that the source had for no one any more.");
    }

    [Test]
    public async Task FromEnumerable_ThePipelineFailsWhileItWaits_WhatItHasEmittedIsAccountedFor([Values] bool isArray)
    {
        for (var round = 0; round < 50; round++)
        {
            var gate = new TaskCompletionSource();
            async Task<int> FailAsync(int value)
            {
                await gate.Task;
                throw new InvalidOperationException($"{value}");
            }

            var pipeline = StreamSource.FromEnumerable(isArray ? s_numbers : s_numbers.Where(_ => true))
                .MapAsync(FailAsync, options: new NodeOptions { Capacity = 20 })
                .Sink(_ => { }).Start();
            await pipeline.WhenSettledAsync().Soon();
            gate.SetResult();
            await pipeline.Completion.Ended();

            var (source, map) = (pipeline.GetSnapshot().Nodes[0], pipeline.GetSnapshot().Nodes[1]);
            Assert.That(source.Received, Is.EqualTo(map.Received + map.Abandoned), $"round {round}");
        }
    }

    [Test, DefaultMode]
    public async Task EmitAllAsync_EditsMoveTheEntranceMeanwhile_NothingIsLostOrOvertaken()
    {
        var source = new StreamSource<int>();
        var list = source.Map(value => value, options: new NodeOptions { Capacity = 16 }).SinkToList();
        var pipeline = source.Start();
        var emitting = Task.Run(async () =>
        {
            for (var number = 0; number < 50_000; number += 100)
            {
                await source.EmitAllAsync(Enumerable.Range(number, 100).ToArray());
            }
        });
        while (!emitting.IsCompleted)
        {
            // A source with one consumer puts straight into its queue; with two it needs one of its own.
            await pipeline.EditAsync(_ => source.Map(value => value).Sink(_ => { })).Soon();
        }

        await emitting.Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 50_000)));
    }

    [Test]
    public async Task EmitAllAsync_KeepsTheNewestOnly_TheLastArrives()
    {
        var source = new StreamSource<int>();
        var list = source.Latest().SinkToList();
        await source.EmitAllAsync(Enumerable.Range(0, 1_000).ToArray()).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list[^1], Is.EqualTo(999));
        Assert.That(list, Is.Ordered);
    }

    [Test]
    public async Task FromEnumerable_AnArrayOrALazySequence_ComeInOrder([Values] bool isArray)
    {
        IEnumerable<int> items = Enumerable.Range(0, 10_000);
        var list = StreamSource.FromEnumerable(isArray ? items.ToArray() : items.Where(_ => true)).Buffer(20).SinkToList();
        await list.Start().Completion.Soon();
        Assert.That(list, Is.EqualTo(items));
    }

    /// <summary>A pipeline with room for 20 elements, which lets none through before the turnstile is opened.</summary>
    private (StreamSource<int> Source, Pipeline Pipeline, SinkList<int> List) Start()
    {
        var source = new StreamSource<int>();
        var list = source.MapAsync(_turnstile.PassAsync, options: new NodeOptions { Capacity = 20 }).SinkToList();
        return (source, source.Start(), list);
    }
}
