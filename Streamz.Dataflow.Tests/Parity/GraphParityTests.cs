using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>What streamz pins of sources, names, texts and drawings.</summary>
[TestFixture]
public sealed class GraphParityTests
{
    [Test]
    [Parity("3.1", "test_counter", "=")]
    [Parity("3.2", "test_periodic", "=")]
    public async Task FromPeriodic_Started_ProducesAgainAndAgain()
    {
        var clock = new FakeTimeProvider();
        var count = 0;
        var values = StreamSource.FromPeriodic(TimeSpan.FromSeconds(1), () => ++count, new StreamOptions { TimeProvider = clock }).SinkToList();
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(count, Is.Zero, "Nothing before the start.");

        var pipeline = values.Start();
        await pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)).Soon();

        Assert.That(values, Is.EqualTo(new[] { 1, 2, 3 }));
        await pipeline.StopAsync(TimeSpan.Zero).Soon();
    }

    [Test]
    [Parity("3.2", "test_from_iterable", "=")]
    public async Task FromEnumerable_Sequence_EmitsAll()
    {
        var values = StreamSource.FromEnumerable(Enumerable.Range(0, 3)).SinkToList();

        await values.Start().Completion.Soon();

        Assert.That(values, Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    [Parity("3.2", "test_from_iterable_backpressure", "=")]
    public async Task FromEnumerable_BlockedPipeline_PullsNoMoreThanItsPlaces()
    {
        var pulled = 0;
        var writer = new GatedWriter<int>();
        var pipeline = StreamSource.FromEnumerable(Pulls()).Sink(writer.WriteAsync).Start();

        await pipeline.SettleAsync().Soon();
        Assert.That(pulled, Is.EqualTo(2), "One is at work, one waits for its place.");
        var stopping = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        writer.Finish();
        await stopping.Soon();
        Assert.That(writer.Finished, Is.EqualTo(new[] { 1 }));

        IEnumerable<int> Pulls()
        {
            while (true)
            {
                yield return ++pulled;
            }
        }
    }

    [Test]
    [Parity("3.2", "test_from_iterable_stop", "=")]
    public async Task FromEnumerable_Stopped_EmitsNothingMore()
    {
        var writer = new GatedWriter<int>();
        var pipeline = StreamSource.FromEnumerable(Enumerable.Range(0, 5)).Sink(writer.WriteAsync).Start();
        await pipeline.SettleAsync().Soon();
        writer.Finish();
        await pipeline.SettleAsync().Soon();

        var stopping = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        writer.Finish();
        await stopping.Soon();

        Assert.That(writer.Started, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(pipeline.Completion.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    [Parity("3.1", "test_start", "=")]
    public async Task Start_AtAnyNode_StartsTheSources()
    {
        var source = StreamSource.FromEnumerable([1, 2]);
        var other = StreamSource.FromEnumerable([3]);
        var middle = source.Union(other).Map(x => x);
        var values = middle.SinkToList();

        await middle.Start().Completion.Soon();
        await values.Start().Completion.Soon();

        Assert.That(values, Is.EquivalentTo(new[] { 1, 2, 3, 1, 2, 3 }));
    }

    [Test]
    [Parity("3.1", "test_map_str", "~")]
    [Parity("3.1", "test_filter_str", "~")]
    public void Text_OfAnOperator_NamesItsDelegate()
    {
        var source = new StreamSource<int>();

        Assert.That(source.Map(Increment).ToString(), Is.EqualTo("map Increment"));
        Assert.That(source.Filter(IsEven).ToString(), Is.EqualTo("filter IsEven"));

        static int Increment(int x) => x + 1;
        static bool IsEven(int x) => x % 2 == 0;
    }

    [Test]
    [Parity("3.1", "test_stream_name_str", "~")]
    public void Text_Named_IsTheName()
    {
        var source = new StreamSource<int>();

        Assert.That(source.Map(x => x).Named("this is not a stream").ToString(), Is.EqualTo("this is not a stream"));
        Assert.That(source.Map(x => x, options: new NodeOptions { Name = "again" }).ToString(), Is.EqualTo("again"));
    }

    [Test]
    [Parity("3.1", "test_subclass", "~")]
    public void Operator_OfADerivedStream_IsNotOfferedOnTheBase()
    {
        const string Code = """
            using Streamz.Dataflow;
            using Streamz.Dataflow.Graph;
            public sealed class Special(SourceNode<int> node) : Stream<int>(node);
            public static class Operators { public static Stream<int> Twice(this Special stream) => stream.Map(x => x * 2); }
            public static class Uses
            {
                public static Stream<int> OnDerived(Special stream) => stream.Twice();
                public static Stream<int> OnBase(Stream<int> stream) => stream.Twice();
            }
            """;
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path.Length > 0).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("derived", [CSharpSyntaxTree.ParseText(Code)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

        var errors = compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();

        Assert.That(errors, Has.Count.EqualTo(1), string.Join('\n', errors));
        Assert.That(errors[0].Location.GetLineSpan().StartLinePosition.Line, Is.EqualTo(7));
    }

    [Test]
    [Parity("3.6", "test_create_graph", "=")]
    public void Drawing_FromAnyNode_HasAllNodesAndEdges()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<int>();
        var mapped = a.Map(x => x + 1);
        var zipped = mapped.Zip(b);
        var sink = zipped.SinkToList();

        var dot = a.ToDot();

        Assert.That(dot.Split("->"), Has.Length.EqualTo(5), "Four edges.");
        Assert.That(dot.Split("shape="), Has.Length.GreaterThanOrEqualTo(6), "Five nodes.");
        Assert.That(new IStream[] { b, mapped, zipped, sink }.Select(stream => stream.ToDot()), Is.All.EqualTo(dot));
    }

    [Test]
    [Parity("3.6", "test_create_cyclic_graph", "=")]
    public void Drawing_Loop_ShowsTheEdgeBack()
    {
        var source = new StreamSource<int>();
        var halved = source.Map(x => x / 2).Filter(x => x > 0);
        halved.Feedback(source, 4);

        Assert.That(halved.ToText(), Does.Contain("map").And.Contain("filter"));
        Assert.That(source.ToMermaid(), Does.Contain("-.->"));
        Assert.That(source.ToDot().Split("->"), Has.Length.EqualTo(4));
    }

    [TestCase(".svg", "<svg", "octagon")]
    [TestCase(".dot", "digraph", "rankdir=")]
    [TestCase(".gv", "digraph", "shape=")]
    [TestCase(".mmd", "flowchart", "LR")]
    [TestCase(".txt", "partition n=2", "sink_to_list")]
    [Parity("3.6", "test_create_file", "~")]
    public void Visualize_Extension_WritesTheFormat(string extension, string part, string other)
    {
        var source = new StreamSource<int>();
        source.Partition(2).Named("pairs of them").SinkToList();
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + extension);
        try
        {
            source.Visualize(path);
            var text = File.ReadAllText(path);

            Assert.That(text, Does.Contain(part));
            Assert.That(text, Does.Contain("pairs of them").And.Contain("partition n=2"));
            Assert.That(extension == ".svg" || text.Contains(other, StringComparison.Ordinal), Is.True, text);
        }
        finally
        {
            File.Delete(path);
        }

        Assert.That(() => source.Visualize("graph.png"), Throws.ArgumentException.With.Message.Contains(".svg"));
    }

    [Test]
    [Parity("3.6", "test_cleantext", "~")]
    public void Drawing_AwkwardNames_AreMadeSafe()
    {
        var source = new StreamSource<int>();
        source.Map(x => x).Named("a \"b\" <c> \\ & [d]\n{e}").SinkToList();

        Assert.That(() => System.Xml.Linq.XDocument.Parse(source.ToSvg()), Throws.Nothing);
        Assert.That(source.ToDot(), Does.Contain("\\\"b\\\""));
        Assert.That(source.ToMermaid(), Does.Contain("#34;b#34;"));
    }
}
