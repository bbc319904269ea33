using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Streamz.Dataflow.Tests.Conventions;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>
/// A plugin is an assembly with extension methods and extension members, which the compiler finds: there is no registry, hence
/// nothing to look up at run time. The plugins here are compiled in memory.
/// </summary>
[TestFixture, CancelAfter(60_000)]
internal sealed class PluginParityTests
{
    private const string Usings = """
        using Streamz.Dataflow;
        using Streamz.Dataflow.Graph;
        using Streamz.Dataflow.Stages;

        """;

    private const string Doubling = Usings + """
        namespace Doubling;

        public static class DoubledOperator
        {
            public static Stream<int> Doubled(this Stream<int> stream, NodeOptions? options = null) =>
                stream.Then(new OperatorNode<int, int>("doubled", () => new DoubledStage()), options);

            private sealed class DoubledStage : Stage<int, int>
            {
                public override ValueTask OnElementAsync(Element<int> element) => PushAsync(element.With(element.Value * 2));
            }
        }
        """;

    private const string Ticker = Usings + """
        namespace Tickers;

        public static class TickerSource
        {
            extension(StreamSource)
            {
                public static Stream<int> FromTicker(int count, StreamOptions? options = null) =>
                    new(new SourceNode<int>("from_ticker", () => new TickerStage(count), options));
            }

            private sealed class TickerStage(int count) : SourceStage<int>
            {
                public override async Task RunAsync(SourceContext<int> context)
                {
                    for (var tick = 0; tick < count; tick++)
                    {
                        await context.EmitAsync(tick);
                    }
                }
            }
        }
        """;

    [Test]
    [Parity("3.6", "test_register_plugin_entry_point", "~")]
    public async Task Plugin_Operator_ChainsLikeOneOfOursAndIsLoadedAtItsFirstUse()
    {
        var plugin = Library("Doubling", Doubling);
        var application = Library(
            "Application",
            """
            using Doubling;
            using Streamz.Dataflow;

            public static class Application
            {
                public static SinkList<int> BuildWithout(Stream<int> source) => source.Map(x => x + 1).SinkToList();

                public static SinkList<int> BuildWith(Stream<int> source) => source.Map(x => x + 1).Doubled().Filter(x => x > 2).SinkToList();
            }
            """,
            plugin);
        using var host = new PluginHost(application, plugin);
        await using var source = new StreamSource<int>();

        var plain = host.Call<SinkList<int>>("Application", "BuildWithout", source);
        var loadedBefore = host.Loaded;
        var doubled = host.Call<SinkList<int>>("Application", "BuildWith", source);
        await source.EmitAllAsync([0, 1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(plain, Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(doubled, Is.EqualTo(new[] { 4, 6 }));
        Assert.That(loadedBefore, Is.EqualTo(new[] { "Application" }));
        Assert.That(host.Loaded, Is.EquivalentTo(new[] { "Application", "Doubling" }));
    }

    [Test]
    [Parity("3.6", "test_register_plugin_entry_point_modifier", "~")]
    public async Task Plugin_Source_IsAStaticFactoryBesideOurs()
    {
        var plugin = Library("Tickers", Ticker);
        var application = Library(
            "Application",
            """
            using Streamz.Dataflow;
            using Tickers;

            public static class Application
            {
                public static SinkList<int> Build() => StreamSource.FromTicker(3).Map(x => x * 10).SinkToList();
            }
            """,
            plugin);
        using var host = new PluginHost(application, plugin);

        var ticks = host.Call<SinkList<int>>("Application", "Build");
        await using var pipeline = ticks.Start();
        await pipeline.Completion.Soon();

        Assert.That(ticks, Is.EqualTo(new[] { 0, 10, 20 }));
    }

    /// <summary>streamz raises when the plugin is loaded; here it cannot be built.</summary>
    [TestCase("OperatorNode<int, int>", "object", "CS0266")]
    [TestCase("OperatorNode<int, int>", "Stage<int, string>", "CS0029")]
    [TestCase("SourceNode<int>", "Stage<int, int>", "CS0029")]
    [TestCase("SinkNode<int>", "SinkStage<string>", "CS0029")]
    [Parity("3.6", "test_register_plugin_entry_point_raises_type", "~")]
    public void Plugin_StageOfAWrongType_DoesNotCompile(string node, string stage, string error)
    {
        var plugin = Compile(
            "Wrong",
            $$"""
            {{Usings}}
            public static class Wrong
            {
                public static object Node({{stage}} stage) => new {{node}}("wrong", () => stage);
            }
            """);

        Assert.That(plugin.Errors().Select(found => found.Id), Has.Some.EqualTo(error).And.All.AnyOf(error, "CS1662", "CS1503"));
    }

    /// <summary>streamz raises when the second plugin is loaded; here the call has to say which one it means.</summary>
    [Test]
    [Parity("3.6", "test_register_plugin_entry_point_raises_duplicate_name", "~")]
    public void Plugins_TwoOfOneName_AreAnErrorWhereTheNameIsUsed()
    {
        MetadataReference[] plugins =
        [
            Library("Doubling", Doubling).Reference,
            Library("Rival", Doubling.Replace("Doubling", "Rival", StringComparison.Ordinal).Replace("* 2", "* 3", StringComparison.Ordinal)).Reference,
        ];
        string[] imports = ["using Doubling;", "using Rival;"];

        Assert.That(ErrorsOf("source.Doubled()", imports), Is.EqualTo(new[] { "CS0121" }));
        Assert.That(ErrorsOf("source.Doubled()", imports[..1]), Is.Empty);
        Assert.That(ErrorsOf("Rival.DoubledOperator.Doubled(source)", imports), Is.Empty);

        IEnumerable<string> ErrorsOf(string call, string[] imported) =>
            Compile(
                "Application",
                $$"""
                {{string.Join('\n', imported)}}
                using Streamz.Dataflow;

                public static class Application
                {
                    public static Stream<int> Build(Stream<int> source) => {{call}};
                }
                """,
                plugins).Errors().Select(found => found.Id);
    }

    private static CSharpCompilation Compile(string name, string text, params MetadataReference[] references) =>
        Compiler.Compile([Compiler.Parse(text)]).WithAssemblyName(name).AddReferences(references);

    private static Image Library(string name, string text, params Image[] references)
    {
        using var image = new MemoryStream();
        var emitted = Compile(name, text, [.. references.Select(reference => reference.Reference)]).Emit(image);
        Assert.That(emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), Is.Empty);
        return new Image(name, image.ToArray());
    }

    private sealed record Image(string Name, byte[] Bytes)
    {
        public MetadataReference Reference => MetadataReference.CreateFromImage(Bytes);
    }

    /// <summary>Finds the plugins of an application as a folder would, when they are asked for.</summary>
    private sealed class PluginHost : AssemblyLoadContext, IDisposable
    {
        private readonly Dictionary<string, byte[]> _plugins;
        private readonly Assembly _application;

        public PluginHost(Image application, params Image[] plugins)
            : base(application.Name, isCollectible: true)
        {
            _plugins = plugins.ToDictionary(plugin => plugin.Name, plugin => plugin.Bytes);
            _application = LoadFromStream(new MemoryStream(application.Bytes));
        }

        public IReadOnlyList<string> Loaded => [.. Assemblies.Select(assembly => assembly.GetName().Name!)];

        public T Call<T>(string type, string method, params object[] arguments) =>
            (T)_application.GetType(type, throwOnError: true)!.GetMethod(method)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

        public void Dispose() => Unload();

        protected override Assembly? Load(AssemblyName assemblyName) =>
            _plugins.TryGetValue(assemblyName.Name!, out var image) ? LoadFromStream(new MemoryStream(image)) : null;
    }
}
