namespace Streamz.Dataflow.Tests.Operators;

/// <summary>What a group cannot carry is refused where the graph is defined, naming the node and the cure.</summary>
internal sealed class GroupByRefusalTests
{
    private static readonly LocalCluster s_cluster = new(workers: 1);

    private static readonly TestCaseData[] s_bodies =
    [
        Body("parallel", group => group.Map(value => value, maxDegreeOfParallelism: 2), "map value => value x2", "several elements at once"),
        Body("timeout", group => group.Map(async (int value, CancellationToken _) => value, options: new NodeOptions { Timeout = TimeSpan.FromSeconds(1) }), "map", "states a timeout"),
        Body("buffer", group => group.Buffer(3), "buffer n=3", "in front of GroupBy"),
        Body("capacity", group => group.Map(value => value, options: new NodeOptions { Capacity = 3 }), "map value => value", "queue of its own"),
        Body("cluster", group => group.Scatter(s_cluster).Map(value => value).Gather(), "scatter", "Put Scatter and Gather in front of GroupBy"),
        Body("union", group => group.Union(group.Map(value => value)), "union", "several inputs"),
        Body("zip", group => group.Zip(group.Map(value => value)).Map(pair => pair.Item1), "zip", "several inputs"),
        Body("other source", group => group.Union(new StreamSource<int>()), "source", "in front of GroupBy"),
        Body("other stream", _ => new StreamSource<int>().Map(value => value), "map value => value", "Begin the chain"),
        Body("null", _ => null!, "null", "Let it return"),
        Body("sink", group => With(group, stream => stream.Sink(_ => { })), "sink _ => { }", "behind GroupBy"),
        Body("feedback", group => With(group.Map(value => value), stream => stream.Map(value => value).Feedback(stream, 1)), "map value => value", "Put the loop around"),
        Body("same names", group => group.Map(value => value).Named("step").Map(value => value).Named("step"), "step", "name of its own"),
    ];

    [OneTimeTearDown]
    public void DisposeCluster() => s_cluster.Dispose();

    [TestCaseSource(nameof(s_bodies))]
    public void GroupBy_Body_IsRefusedNamingNodeAndCure(Func<Stream<int>, Stream<int>> body, string node, string cure) =>
        Assert.That(
            () => new StreamSource<int>().GroupBy(value => value, body),
            Throws.ArgumentException.With.Property("ParamName").EqualTo("group").And.Message.Contains(node).And.Message.Contains(cure));

    [Test]
    public void GroupBy_TemplateAfterwards_CannotBeChanged()
    {
        Stream<int>? kept = null;
        new StreamSource<int>().GroupBy(value => value, group => kept = group.Map(value => value));

        Assert.That(() => kept!.Map(value => value), Throws.InvalidOperationException);
    }

    [Test]
    public void GroupBy_Limits_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(
            () => source.GroupBy(value => value, group => group, new GroupByOptions { MaxGroups = 0 }),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("limits.MaxGroups"));
        Assert.That(
            () => source.GroupBy(value => value, group => group, new GroupByOptions { IdleTimeout = TimeSpan.Zero }),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("limits.IdleTimeout"));
    }

    [Test]
    public void GroupBy_Label_ShowsTheKeyAndTheOperators() =>
        Assert.That(
            new StreamSource<int>().GroupBy(value => value % 2, group => group.Map(value => value).Partition(2)).Node.Label,
            Is.EqualTo("group_by value => value % 2 (map, partition)"));

    private static TestCaseData Body(string name, Func<Stream<int>, Stream<int>> body, string node, string cure) =>
        new TestCaseData(body, node, cure).SetArgDisplayNames(name);

    private static Stream<int> With(Stream<int> stream, Action<Stream<int>> also)
    {
        also(stream);
        return stream;
    }
}
