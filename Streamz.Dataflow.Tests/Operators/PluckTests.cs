using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class PluckTests
{
    [Test]
    [Parity("3.1", "test_pluck", "=")]
    public async Task Pluck_Index_OneItemOfEachAndNoneFailsTheElement()
    {
        var source = new StreamSource<int[]>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var second = source.Pluck(1).SinkToList();

        await source.EmitAllAsync([[1, 2, 3], [4, 5, 6, 7, 8, 9]]).Soon();
        Assert.That(await source.DeliverAsync([1]).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await source.CompleteAsync().Soon();

        Assert.That(second, Is.EqualTo(new[] { 2, 5 }));
    }

    [Test]
    [Parity("3.1", "test_pluck_list", "=")]
    public async Task Pluck_SeveralIndexes_AListOfEach()
    {
        var source = new StreamSource<IReadOnlyList<int>>();
        var members = source.Pluck([0, 2]).SinkToList();

        await source.EmitAllAsync([[1, 2, 3], [4, 5, 6, 7, 8, 9]]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(members, Is.EqualTo(new int[][] { [1, 3], [4, 6] }));
    }

    [Test]
    public async Task Pluck_KeyOfFrequencies_FollowsOneCount()
    {
        var source = new StreamSource<string>();
        var counts = source.Frequencies().Filter(each => each.ContainsKey("a")).Pluck("a").SinkToList();

        await source.EmitAllAsync(["a", "b", "a"]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(counts, Is.EqualTo(new long[] { 1, 1, 2 }));
    }

    [Test]
    public async Task Pluck_Selector_MayFindAnythingOfAnElement()
    {
        var source = new StreamSource<string>();
        var lengths = source.Pluck(text => text.Length).SinkToList();

        await source.EmitAllAsync(["", "abc"]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(lengths, Is.EqualTo(new[] { 0, 3 }));
    }

    [Test]
    public void Pluck_IndexThatIsNotThere_TheFailureSaysHowManyThereAre()
    {
        var source = new StreamSource<List<int>>();
        source.Pluck([0, 3]).SinkToList();

        Assert.That(
            async () => await source.DeliverAsync([1, 2]).Soon(),
            Throws.TypeOf<NodeFailedException>().With.Message.Contains("'pluck [0, 3]'").And.Message.Contains("has 2 items"));
    }

    [Test]
    public void Pluck_KeyThatIsNotThere_TheFailureNamesIt()
    {
        var source = new StreamSource<Dictionary<string, int>>();
        source.Pluck("b").SinkToList();

        Assert.That(async () => await source.DeliverAsync(new() { ["a"] = 1 }).Soon(), Throws.TypeOf<NodeFailedException>().With.Message.Contains("'b'"));
    }

    [Test]
    public async Task Pluck_ListOfIndexesChangesLater_MeansWhatItSaidAtTheCall()
    {
        int[] indexes = [0];
        var source = new StreamSource<int[]>();
        var members = source.Pluck(indexes).SinkToList();
        indexes[0] = 1;

        await source.EmitAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(members, Is.EqualTo(new int[][] { [1] }));
    }

    [Test]
    public void Pluck_BadArguments_AreNamed()
    {
        var lists = new StreamSource<int[]>();
        var dictionaries = new StreamSource<Dictionary<string, int>>();
        Assert.That(() => lists.Pluck(-1), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("index").And.Property("ActualValue").EqualTo(-1));
        Assert.That(() => lists.Pluck([0, -2]), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("indexes").And.Property("ActualValue").EqualTo(-2));
        Assert.That(() => lists.Pluck([]), Throws.ArgumentException.With.Property("ParamName").EqualTo("indexes").And.Message.Contains("one or more"));
        Assert.That(() => dictionaries.Pluck((string)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("key"));
        Assert.That(() => dictionaries.Pluck(["a", null!]), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("keys"));
        Assert.That(() => lists.Pluck(list => Task.FromResult(list)), Throws.ArgumentException.With.Message.Contains("nobody awaits"));
    }

    [Test]
    public void Pluck_Label_ShowsWhatIsPlucked()
    {
        Assert.That(new StreamSource<int[]>().Pluck(1).Node.Label, Is.EqualTo("pluck 1"));
        Assert.That(new StreamSource<Dictionary<string, int>>().Pluck(["a", "b"]).Node.Label, Is.EqualTo("pluck [a, b]"));
        Assert.That(new StreamSource<string>().Pluck(text => text.Length).Node.Label, Is.EqualTo("pluck text => text.Length"));
    }
}
