using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Runtime.Editing;

/// <summary>Sides of joins that come and go while elements flow.</summary>
[TestFixture]
[CancelAfter(30_000)]
internal sealed class EditJoinTests
{
    private StreamSource<int> _a = null!;
    private StreamSource<int> _b = null!;
    private StreamSource<int> _c = null!;
    private Pipeline _pipeline = null!;

    [SetUp]
    public void MakeSources() => (_a, _b, _c) = (new(), new(), new());

    [TearDown]
    public async Task StopAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _c.DisposeAsync();
        await _pipeline.DisposeAsync();
    }

    [Test]
    [Parity("3.1", "test_multi_connect", "=")]
    public async Task Union_ASideIsAddedAndRemoved_TheOthersGoOn()
    {
        var union = _a.Union();
        var seen = union.SinkToList();
        _pipeline = _a.Start();
        await _a.DeliverAsync(1).Soon();
        await _pipeline.EditAsync(_ => _b.Connect(union)).Soon();
        await _b.DeliverAsync(2).Soon();
        await _a.DeliverAsync(3).Soon();
        await _pipeline.EditAsync(_ => _b.Disconnect(union)).Soon();
        await _b.DeliverAsync(4).Soon();
        await _a.DeliverAsync(5).Soon();
        Assert.That(seen, Is.EqualTo(new[] { 1, 2, 3, 5 }));
    }

    [Test]
    public async Task Union_ASideIsAddedWhileAnotherSourceCompletes_ThatDoesNotWaitForTheSide()
    {
        var gate = new TaskCompletionSource();
        var union = _a.Map(async value =>
        {
            await gate.Task;
            return value;
        }).Union();
        var seen = union.SinkToList();
        _b.Union(_a).Sink(_ => { });
        _pipeline = _a.Start();
        await _a.EmitAsync(1).AsTask().Soon();
        var completing = _a.CompleteAsync();
        await _pipeline.EditAsync(_ => _b.Connect(union)).Soon();
        gate.SetResult();
        await completing.Soon();
        await _b.DeliverAsync(2).Soon();
        Assert.That(seen, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    [Parity("3.1", "test_connect_zip", "=")]
    public async Task ZipAll_ASideIsAdded_ItIsWaitedFor()
    {
        var zip = new[] { _a, _b }.ZipAll();
        var seen = zip.SinkToList();
        _pipeline = _a.Start();
        await Emit((_a, 1), (_b, 2));
        await _pipeline.EditAsync(_ => _c.Connect(zip)).Soon();
        await Emit((_a, 3), (_b, 4));
        await _pipeline.WhenIdleAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { new[] { 1, 2 } }));
        await Emit((_c, 5));
        await _pipeline.WhenIdleAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { new[] { 1, 2 }, [3, 4, 5] }));
    }

    [Test]
    [Description("Streamz stalls when the remaining sides hold two elements already.")]
    [Parity("3.1", "test_disconnect_zip", "=")]
    [Defect("D19")]
    public async Task ZipAll_TheOnlyMissingSideIsRemoved_WhatTheOthersHoldIsGiven()
    {
        var zip = new[] { _a, _b, _c }.ZipAll();
        var seen = zip.SinkToList();
        _pipeline = _a.Start();
        await Emit((_a, 1), (_b, 2), (_a, 3), (_b, 4), (_a, 5));
        await _pipeline.EditAsync(_ => _c.Disconnect(zip)).Soon();
        await _pipeline.WhenIdleAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { new[] { 1, 2 }, [3, 4] }));
        await Emit((_b, 6), (_c, 7));
        await _pipeline.WhenIdleAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { new[] { 1, 2 }, [3, 4], [5, 6] }));
    }

    [Test]
    public async Task ZipAll_ASideWithElementsIsRemoved_TheyAreDroppedAndCounted()
    {
        var zip = new[] { _a, _b, _c }.ZipAll();
        var seen = zip.Named("zip").SinkToList();
        _pipeline = _a.Start();
        await Emit((_c, 7), (_c, 8), (_a, 1));
        var delivery = _c.DeliverAsync(9);
        await _pipeline.WhenIdleAsync().Soon();
        await _pipeline.EditAsync(_ => _c.Disconnect(zip)).Soon();
        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await Emit((_b, 2));
        await _pipeline.WhenIdleAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { new[] { 1, 2 } }));
        Assert.That(_pipeline.GetSnapshot().Nodes.Single(node => node.Name == "zip").Dropped, Is.EqualTo(3));
    }

    [Test]
    [Description("Streamz raises a KeyError once the side has emitted.")]
    [Parity("3.1", "test_connect_combine_latest", "=")]
    [Parity("3.1", "test_connect_discombine_latest", "=")]
    [Defect("D20")]
    public async Task CombineLatestAll_ASideThatHasEmittedIsRemoved_TheOthersGoOn()
    {
        var join = new[] { _a, _b, _c }.CombineLatestAll();
        var seen = join.SinkToList();
        _pipeline = _a.Start();
        await Emit((_a, 1), (_b, 2), (_c, 3));
        await _pipeline.EditAsync(_ => _b.Disconnect(join)).Soon();
        await Emit((_b, 9), (_a, 4));
        await _pipeline.EditAsync(_ => _b.Connect(join)).Soon();
        await Emit((_a, 5), (_b, 6), (_c, 7));
        Assert.That(seen, Is.EqualTo(new[] { new[] { 1, 2, 3 }, [4, 3], [5, 3, 6], [5, 7, 6] }));
    }

    [Test]
    [Defect("D20")]
    [Description("The guard of streamz never triggers, and the node is silently mute.")]
    public async Task CombineLatestAll_TheSideItEmitsOnIsRemoved_IsRefused()
    {
        var join = new[] { _a, _b }.CombineLatestAll(emitOn: [_a]);
        var seen = join.SinkToList();
        _pipeline = _a.Start();
        await Emit((_a, 1), (_b, 2));
        Assert.That(async () => await _pipeline.EditAsync(_ => _a.Disconnect(join)).Soon(), Throws.InvalidOperationException.With.Message.Contains("emits on"));
        await Emit((_a, 3));
        Assert.That(seen, Is.EqualTo(new[] { new[] { 3, 2 } }));
    }

    [Test]
    public async Task ZipAll_ASideLeavesWithTheBranchThatFedIt_WhatTheBranchHeldIsPairedFirst()
    {
        var branch = _b.Map(value => value);
        var zip = new[] { _a.Map(value => value), branch.Partition(2).Flatten() }.ZipAll();
        var seen = zip.SinkToList();
        _pipeline = _a.Start();
        await Emit((_a, 1), (_a, 2), (_b, 3));
        await _pipeline.EditAsync(_ => branch.Detach()).Soon();
        await _pipeline.WhenIdleAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { new[] { 1, 3 }, [2] }));
    }

    [Test]
    public async Task MergePrioritized_ASideIsAddedAndRemoved_TheOthersGoOn()
    {
        var merge = _a.MergePrioritized(_b);
        var seen = merge.SinkToList();
        _pipeline = _a.Start();
        await Emit((_b, 1), (_a, 2));
        await _pipeline.EditAsync(_ =>
        {
            _c.Connect(merge);
            _b.Disconnect(merge);
        }).Soon();
        await Emit((_b, 3), (_c, 4), (_a, 5));
        Assert.That(seen, Is.EqualTo(new[] { 1, 2, 4, 5 }));
    }

    [Test]
    public async Task MergePrioritized_ASideWithWaitingElementsIsRemoved_TheyAreDroppedAndCounted()
    {
        var gate = new TaskCompletionSource();
        var merge = _a.MergePrioritized(_b);
        var seen = merge.Named("merge").MapAsync(async x => { await gate.Task; return x; }).SinkToList();
        _pipeline = _a.Start();
        await _a.EmitAsync(1);
        var waiting = new[] { _b.DeliverAsync(2), _b.DeliverAsync(3) };
        await _pipeline.WhenSettledAsync().Soon();

        var edit = _pipeline.EditAsync(_ => _b.Disconnect(merge));
        gate.SetResult();
        await edit.Soon();

        Assert.That(await Task.WhenAll(waiting).Soon(), Has.All.AnyOf(DeliveryOutcome.Dropped, DeliveryOutcome.Delivered));
        await Emit((_a, 4));
        Assert.That(seen, Does.Contain(1).And.Contain(4));
        Assert.That(_pipeline.GetSnapshot().Nodes.Single(node => node.Name == "merge").Dropped, Is.EqualTo(4 - seen.Count));
    }

    [Test]
    public async Task ZipAll_ASideHasEndedAndTheMissingOneIsRemoved_WhatIsHeldIsPairedAndItEnds()
    {
        var zip = new[] { _a, _b, _c }.ZipAll();
        var seen = zip.SinkToList();
        var tail = zip.Materialize().SinkToList();
        _pipeline = _a.Start();
        await Emit((_a, 1), (_a, 2), (_b, 3), (_b, 4), (_b, 5));
        _a.Complete();
        await _pipeline.WhenIdleAsync().Soon();

        await _pipeline.EditAsync(_ => _c.Disconnect(zip)).Soon();
        await _pipeline.WhenIdleAsync().Soon();

        Assert.That(seen, Is.EqualTo(new[] { new[] { 1, 3 }, [2, 4] }));
        Assert.That(tail[^1].Kind, Is.EqualTo(NotificationKind.Completed));
    }

    [Test]
    public async Task CombineLatestAll_TheOnlySideThatGoesOnIsRemoved_ItEnds()
    {
        var join = new[] { _a, _b, _c }.CombineLatestAll();
        var seen = join.SinkToList();
        var tail = join.Materialize().SinkToList();
        _pipeline = _a.Start();
        await Emit((_a, 1), (_b, 2), (_c, 3));
        _a.Complete();
        _b.Complete();
        await Emit((_c, 4));
        Assert.That(tail.Select(each => each.Kind), Has.All.EqualTo(NotificationKind.Element));

        await _pipeline.EditAsync(_ => _c.Disconnect(join)).Soon();
        await _pipeline.WhenIdleAsync().Soon();

        Assert.That(seen, Is.EqualTo(new[] { new[] { 1, 2, 3 }, [1, 2, 4] }));
        Assert.That(tail[^1].Kind, Is.EqualTo(NotificationKind.Completed));
    }

    [Test]
    public async Task CombineLatestAll_ASideIsRemoved_ItsNewestElementIsReleased()
    {
        List<FollowedElement> tickets = [];
        var followed = _b.Ticketed(tickets);
        var join = new[] { _a, followed, _c }.CombineLatestAll();
        join.Sink(_ => { });
        _pipeline = _a.Start();
        await Emit((_a, 1), (_b, 2), (_c, 3));
        Assert.That((tickets[0].Delivered.IsCompleted, tickets[0].Released.IsCompleted), Is.EqualTo((true, false)));

        await _pipeline.EditAsync(_ => followed.Disconnect(join)).Soon();

        Assert.That(await tickets[0].Released.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
    }

    private async Task Emit(params (StreamSource<int> Source, int Value)[] emits)
    {
        foreach (var (source, value) in emits)
        {
            await source.EmitAsync(value).Soon();
            await _pipeline.WhenIdleAsync().Soon();
        }
    }
}
