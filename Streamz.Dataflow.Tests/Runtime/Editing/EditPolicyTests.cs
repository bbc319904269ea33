namespace Streamz.Dataflow.Tests.Runtime.Editing;

/// <summary>Nodes with error policies that come and go while elements flow.</summary>
[TestFixture]
[CancelAfter(30_000)]
internal sealed class EditPolicyTests
{
    [Test]
    public async Task Edit_ANodeWithAPolicyIsAdded_ItKeepsIt()
    {
        await using var source = new StreamSource<int>();
        source.SinkToList();
        SinkList<int> seen = null!;
        var pipeline = source.Start();
        await pipeline.EditAsync(_ => seen = source.Map(RefuseOdd, options: new NodeOptions { OnError = ErrorPolicy.Skip }).SinkToList()).Soon();
        await source.EmitAllAsync(Enumerable.Range(0, 5)).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { 0, 2, 4 }));
    }

    [Test]
    public async Task Edit_ANodeIsAdded_ThePipelinesPolicyIsItsOwn()
    {
        await using var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        source.SinkToList();
        SinkList<int> seen = null!;
        var pipeline = source.Start();
        await pipeline.EditAsync(_ => seen = source.Map(RefuseOdd).SinkToList()).Soon();
        await source.EmitAllAsync(Enumerable.Range(0, 5)).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { 0, 2, 4 }));
    }

    [Test]
    public async Task Edit_TakenBackWithANodeThatNamesAQueue_LaterEditsAreMade()
    {
        await using var source = new StreamSource<int>();
        var queue = new DeadLetterQueue();
        var letters = queue.Map(letter => letter.ElementAs<int>()).SinkToList();
        var toQueue = new NodeOptions { OnError = ErrorPolicy.DeadLetter(queue) };
        source.Map(RefuseOdd, options: toQueue).Sink(_ => { });
        var pipeline = source.Start();
        var edit = pipeline.EditAsync(_ =>
        {
            source.Map(RefuseOdd, options: toQueue).Sink(_ => { });
            throw new NotSupportedException();
        });
        Assert.That(async () => await edit.Soon(), Throws.TypeOf<NotSupportedException>());
        SinkList<int> seen = null!;
        await pipeline.EditAsync(_ => seen = source.Map(value => value).SinkToList()).Soon();
        await source.EmitAllAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(letters, Is.EqualTo(new[] { 1 }));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Edit_ANodeWithDeadLettersComesAndGoes_TheQueueGetsThemAndEnds(bool queueIsNew)
    {
        await using var source = new StreamSource<int>();
        source.SinkToList();
        var queue = new DeadLetterQueue();
        var letters = new List<object?>();
        if (!queueIsNew)
        {
            queue.Sink(letter => letters.Add(letter.Element));
            source.Map(value => value, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(queue) }).SinkToList();
        }

        var pipeline = source.Start();
        await source.DeliverAsync(1).Soon();
        Stream<int> branch = null!;
        await pipeline.EditAsync(_ =>
        {
            if (queueIsNew)
            {
                queue.Sink(letter => letters.Add(letter.Element));
            }

            branch = source.Map(RefuseOdd, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(queue) });
            branch.SinkToList();
        }).Soon();
        await source.DeliverAsync(3).Soon();
        await source.DeliverAsync(4).Soon();
        await pipeline.EditAsync(_ => branch.Detach()).Soon();
        await source.DeliverAsync(5).Soon();
        await pipeline.EditAsync(_ => source.SinkToList()).Soon();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(letters, Is.EqualTo(new object[] { 3 }));
    }

    private static int RefuseOdd(int value) => value % 2 == 0 ? value : throw new FormatException($"{value} is odd");
}
