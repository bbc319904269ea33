using System.Globalization;
using Streamz.Dataflow.Analyzers;

namespace Streamz.Dataflow.Tests.Analyzers;

[TestFixture, CancelAfter(60_000)]
internal sealed class StreamWithoutSinkTests : AnalyzerTests<StreamWithoutSinkAnalyzer, StreamWithoutSinkFix>
{
    private const string Keep = "Keep the stream in a variable";
    private const string Collect = "Collect its elements with SinkToList";
    private const string Header = "public void Run()";

    [TestCase("[|source.Map(x => x + 1)|];")]
    [TestCase("[|source.Map(x => x + 1).Named(\"plus\")|];")]
    [TestCase("[|source.Map(x => x + 1).Filter(x => x > 1)|];")]
    [TestCase("[|source.Scatter(new LocalCluster())|];")]
    [TestCase("[|source?.Map(x => x + 1)|];")]
    [TestCase("[|StreamSource.FromEnumerable([1, 2])|];")]
    public async Task Stream_AsTheWholeOfAStatement_IsFound(string statement) => await Run.ExpectAsync(In(Header, statement));

    [TestCase("source.Map(x => x + 1).Sink(Console.WriteLine);")]
    [TestCase("source.SinkToList();")]
    [TestCase("source.Named(\"numbers\");")]
    [TestCase("var mapped = source.Map(x => x + 1); mapped.Sink(Console.WriteLine);")]
    [TestCase("_ = source.Map(x => x + 1);")]
    [TestCase("Action refused = () => source.Map(x => x + 1);")]
    [TestCase("source.Map(x => x + 1).Start();")]
    [TestCase("source.Map(x => x + 1).Feedback(source, capacity: 1);")]
    public async Task Stream_UsedOrDiscardedOnPurpose_IsFine(string statement) => await Run.ExpectAsync(In(Header, statement));

    [Test]
    public async Task Message_NamesTheOperatorBehindWhatOnlyHandsOn()
    {
        var found = await Run.ExpectAsync(In(Header, "[|source.Map(x => x + 1).Named(\"plus\")|];"));

        Assert.That(found[0].GetMessage(CultureInfo.InvariantCulture), Does.Contain("'Map'").And.Contains("end it in a sink, or keep it in a variable"));
    }

    [Test]
    public Task Fix_Keep_MakesAVariable() =>
        FixesAsync(Header, "// plus\n[|source.Map(x => x + 1)|]; // one", Header, "// plus\nvar stream = source.Map(x => x + 1); // one", Keep);

    [Test]
    public Task Fix_Keep_FindsAFreeName() =>
        FixesAsync(Header, "var stream = 1;\n[|source.Map(x => x + stream)|];", Header, "var stream = 1;\nvar stream2 = source.Map(x => x + stream);", Keep);

    [Test]
    public Task Fix_Collect_AppendsASink() =>
        FixesAsync(Header, "[|source.Map(x => x + 1)|];", Header, "var results = source.Map(x => x + 1).SinkToList();", Collect);

    [Test]
    public async Task Fix_Collect_IsNotOfferedInsideACluster()
    {
        var program = In(Header, "[|source.Scatter(new LocalCluster())|];");

        Assert.That(await Run.OfferedAsync(program), Is.EqualTo(new[] { Keep }));
    }
}
