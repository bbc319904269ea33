namespace Streamz.Dataflow.Tests.Sinks;

[TestFixture]
internal sealed class SinkToListTests
{
    [Test, CancelAfter(30_000)]
    public async Task SinkToList_Elements_AreThereInOrderWithNullsAndDefaults()
    {
        var list = StreamSource.FromEnumerable<string?>(["a", null, ""]).SinkToList();

        await list.Start().Completion;

        Assert.That(list, Is.EqualTo(new[] { "a", null, "" }));
        Assert.That(list, Has.Count.EqualTo(3));
        Assert.That(list[2], Is.Empty);
    }

    [Test, CancelAfter(30_000)]
    public async Task SinkToList_EnumeratedWhileItGrows_SeesTheElementsSoFar()
    {
        await using var source = new StreamSource<int>();
        var list = source.SinkToList();
        await source.DeliverAsync(1);

        using var seen = list.GetEnumerator();
        await source.DeliverAsync(2);

        Assert.That(seen.MoveNext(), Is.True);
        Assert.That(seen.MoveNext(), Is.False);
        Assert.That(list, Is.EqualTo(new[] { 1, 2 }));
    }
}
