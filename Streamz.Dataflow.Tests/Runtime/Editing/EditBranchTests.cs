using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Runtime.Editing;

/// <summary>Branches that come and go while elements flow.</summary>
[TestFixture]
[CancelAfter(60_000)]
internal sealed class EditBranchTests
{
    private static readonly Func<Stream<int>, Stream<int>>[] s_shapes =
    [
        stream => stream,
        stream => stream.Map(value => value),
        stream => stream.Map(value => value).Filter(_ => true).Map(value => value),
        stream => stream.Buffer(10),
        stream => stream.Map(value => value, maxDegreeOfParallelism: 2),
    ];

    [TestCaseSource(nameof(s_shapes))]
    [Parity("3.1", "test_connect", "=")]
    public async Task Edit_ABranchIsAdded_ItGetsEverythingFromThenOn(Func<Stream<int>, Stream<int>> shape)
    {
        await using var source = new StreamSource<int>();
        var trunk = shape(source);
        var old = trunk.Map(value => value).SinkToList();
        SinkList<int> added = null!;
        var pipeline = source.Start();
        var emitting = new Emitting(source);
        await emitting.PassAsync(1_000);

        await pipeline.EditAsync(_ => added = trunk.Map(value => value).SinkToList()).Soon();

        await emitting.PassAsync(1_000);
        var count = await emitting.EndAsync();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(old, Is.EqualTo(Enumerable.Range(0, count)));
        Assert.That(added, Is.Not.Empty);
        Assert.That(added, Is.EqualTo(Enumerable.Range(added[0], count - added[0])));
    }

    [Test]
    public async Task Edit_ABranchWithOperatorsInsideOperatorsIsAdded_TheyRunInside()
    {
        await using var source = new StreamSource<int>();
        source.Sink(_ => { });
        await using var pipeline = source.Start();
        SinkList<int> grouped = null!, balanced = null!;
        await pipeline.EditAsync(_ =>
        {
            grouped = source.GroupBy(x => x % 2, group => group.Map(x => x * 10).Filter(_ => true)).Map(pair => pair.Value).SinkToList();
            balanced = source.Balance(2, worker => worker.Map(x => x * 10).Filter(_ => true), ordered: true).SinkToList();
        }).Soon();
        await source.EmitAllAsync([1, 2, 3]);
        await source.CompleteAsync().Soon();
        Assert.That(grouped, Is.EqualTo(new[] { 10, 20, 30 }));
        Assert.That(balanced, Is.EqualTo(new[] { 10, 20, 30 }));
    }

    [TestCaseSource(nameof(s_shapes))]
    [Parity("3.1", "test_disconnect", "=")]
    [Parity("3.1", "test_destroy", "=")]
    [Parity("3.3", "test_sink_destroy", "=")]
    public async Task Edit_ABranchIsRemoved_ItHasEverythingUpToThen(Func<Stream<int>, Stream<int>> shape)
    {
        await using var source = new StreamSource<int>();
        var trunk = shape(source);
        var kept = trunk.Map(value => value).SinkToList();
        var branch = trunk.Map(value => value);
        var removed = branch.Partition(7).SinkToList();
        var pipeline = source.Start();
        var emitting = new Emitting(source);
        await emitting.PassAsync(1_000);

        await pipeline.EditAsync(_ => branch.Detach()).Soon();

        await emitting.PassAsync(1_000);
        var count = await emitting.EndAsync();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(kept, Is.EqualTo(Enumerable.Range(0, count)));
        var seen = removed.SelectMany(part => part).ToList();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, seen.Count)));
        Assert.That(seen, Is.Not.Empty.And.Count.LessThan(count));
    }

    [TestCaseSource(nameof(s_shapes))]
    public async Task Edit_ANodeIsPutBetweenAndTakenOut_NothingIsLostOrOvertaken(Func<Stream<int>, Stream<int>> shape)
    {
        await using var source = new StreamSource<int>();
        var front = shape(source);
        var back = front.Map(value => value);
        var seen = back.SinkToList();
        var pipeline = source.Start();
        var emitting = new Emitting(source);
        Stream<int> detour = null!;
        for (var round = 0; round < 10; round++)
        {
            await emitting.PassAsync(200);
            await pipeline.EditAsync(_ =>
            {
                front.Disconnect(back);
                detour = front.Partition(5).Flatten().Buffer(3).Map(value => value);
                detour.Connect(back);
            }).Soon();
            await emitting.PassAsync(50);
            await pipeline.EditAsync(_ =>
            {
                front.Connect(back);
                front.Downstream("partition n=5").Detach();
            }).Soon();
        }

        await emitting.PassAsync(1_000);
        var count = await emitting.EndAsync();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, count)));
    }

    [Test]
    public async Task Edit_ABranchComesAndGoesOften_NothingIsLeftBehind()
    {
        await using var source = new StreamSource<int>();
        var kept = source.Map(value => value).SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(0).Soon();
        Stream<int> branch = null!;
        for (var round = 1; round <= 200; round++)
        {
            await pipeline.EditAsync(_ => (branch = source.Map(value => value).Buffer(2)).SinkToList()).Soon();
            await source.DeliverAsync(round).Soon();
            await pipeline.EditAsync(_ => branch.Upstream().Detach()).Soon();
        }

        await pipeline.EditAsync(_ => source.Map(value => value)).Soon();
        await pipeline.WhenIdleAsync().Soon();
        Assert.That(() => pipeline.GetSnapshot().Nodes.Count, Is.LessThanOrEqualTo(7).After(10_000, 10));
        await source.CompleteAsync().Soon();
        Assert.That(kept, Is.EqualTo(Enumerable.Range(0, 201)));
    }

    [Test]
    public async Task Edit_ABranchIsAdded_DeliveryWaitsForIt()
    {
        await using var source = new StreamSource<int>();
        source.Map(value => value).SinkToList();
        var gate = new TaskCompletionSource();
        var pipeline = source.Start();
        await source.DeliverAsync(1).Soon();

        await pipeline.EditAsync(_ => source.Sink(_ => gate.Task)).Soon();

        var delivery = source.DeliverAsync(2);
        await pipeline.WhenSettledAsync().Soon();
        Assert.That(delivery.IsCompleted, Is.False);
        gate.SetResult();
        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
    }

    [Test]
    public async Task Edit_ASourceThatProducesIsAdded_ItStarts()
    {
        await using var source = new StreamSource<int>();
        var union = source.Union();
        var seen = union.SinkToList();
        var pipeline = source.Start();
        await source.DeliverAsync(-1).Soon();

        await pipeline.EditAsync(_ => StreamSource.FromEnumerable(Enumerable.Range(0, 100)).Map(value => value).Connect(union)).Soon();

        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(-1, 101)));
    }

    [Test]
    public async Task Edit_ASourceThatProducesGetsABranch_BothGetEverything()
    {
        var gate = new TaskCompletionSource();
        var source = StreamSource.FromEnumerable(Enumerable.Range(0, 1_000));
        var old = new List<int>();
        source.Sink(async value =>
        {
            old.Add(value);
            await gate.Task;
        });
        SinkList<int> added = null!;
        var pipeline = source.Start();
        var edit = pipeline.EditAsync(_ => added = source.SinkToList());
        gate.SetResult();
        await edit.Soon();
        await pipeline.Completion.Soon();
        Assert.That(old, Is.EqualTo(Enumerable.Range(0, 1_000)));
        Assert.That(added, Is.EqualTo(Enumerable.Range(1_000 - added.Count, added.Count)));
    }

    [Test]
    public async Task Edit_EmitsWait_TheyLandInOrder()
    {
        await using var source = new StreamSource<int>();
        var gate = new TaskCompletionSource();
        var old = new List<int>();
        source.Sink(async value =>
        {
            old.Add(value);
            await gate.Task;
        });
        var pipeline = source.Start();
        var first = source.EmitTogetherAsync(Enumerable.Range(0, 20));
        SinkList<int> added = null!;
        var edit = pipeline.EditAsync(_ => added = source.SinkToList());
        var second = source.EmitTogetherAsync(Enumerable.Range(20, 20));
        gate.SetResult();
        await Task.WhenAll(edit, first, second).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(old, Is.EqualTo(Enumerable.Range(0, 40)));
        Assert.That(added, Is.EqualTo(Enumerable.Range(40 - added.Count, added.Count)));
    }

    [Test]
    public async Task Edit_ExplainAndSnapshot_ShowTheGraphAsItIs()
    {
        await using var source = new StreamSource<int>();
        source.Map(value => value + 1).Named("first").SinkToList();
        var pipeline = source.Start();
        await pipeline.EditAsync(_ => source.Map(value => value + 2).Named("second").SinkToList()).Soon();
        Assert.That(pipeline.Explain(), Does.Contain("first").And.Contain("second"));
        Assert.That(pipeline.GetSnapshot().Nodes.Select(node => node.Name), Does.Contain("second"));
        await pipeline.EditAsync(edit => edit.Find("first").Detach()).Soon();
        Assert.That(pipeline.Explain(), Does.Not.Contain("first").And.Contain("second"));
    }

    [Test]
    public async Task Edit_BehindANodeThatHasLostABranch_WhatEndsEarlyLaterLeavesTheRest()
    {
        await using var source = new StreamSource<int>();
        var node = source.Map(value => value);
        node.Take(1).SinkToList();
        source.Take(2).SinkToList();
        var rest = node.Append(4);
        var seen = rest.SinkToList();
        var pipeline = source.Start();
        await source.DeliverAsync(0).Soon();
        await pipeline.EditAsync(edit => edit.SetCapacity(rest, 5)).Soon();

        await source.EmitAllAsync([1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(seen, Is.EqualTo(new[] { 0, 1, 2, 3, 4 }));
    }
}
