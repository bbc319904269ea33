namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(30_000)]
internal sealed class MapTests
{
    [Test]
    public void Map_NullDelegate_NamesTheParameter() =>
        Assert.That(() => new StreamSource<int>().Map((Func<int, int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("map"));

    [TestCase(0)]
    [TestCase(-3)]
    public void Map_DegreeBelowOne_NamesParameterAndValue(int degree) =>
        Assert.That(
            () => new StreamSource<int>().Map(x => x, maxDegreeOfParallelism: degree),
            Throws.TypeOf<ArgumentOutOfRangeException>()
                .With.Property("ParamName").EqualTo("maxDegreeOfParallelism").And.Property("ActualValue").EqualTo(degree));

    [Test]
    public void Map_ResultIsATask_IsRefused() =>
        Assert.That(() => new StreamSource<int>().Map<int, Task<int>>(Task.FromResult), Throws.ArgumentException.With.Message.Contains("nobody awaits"));

    [Test]
    public void Map_Label_ShowsDelegateAndDegree()
    {
        Assert.That(new StreamSource<int>().Map(Increment).Node.Label, Is.EqualTo("map Increment"));
        Assert.That(new StreamSource<int>().Map(Increment, maxDegreeOfParallelism: 4).Node.Label, Is.EqualTo("map Increment x4"));
        Assert.That(new StreamSource<int>().Map(Increment, maxDegreeOfParallelism: 4, ordered: false).Node.Label, Is.EqualTo("map Increment x4 unordered"));
    }

    [Test]
    public async Task Map_NullTask_FailsTheElementUnderTheNodesName()
    {
        var source = new StreamSource<int>();
        source.Map((int _) => (Task<int>)null!, options: new NodeOptions { Name = "lookup" }).SinkToList();

        var delivery = source.DeliverAsync(1);

        Assert.That(
            async () => await delivery,
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("lookup").And.InnerException.Message.Contains("null task"));
        await source.DisposeAsync();
    }

    private static int Increment(int value) => value + 1;
}
