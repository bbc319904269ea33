using System.Reflection;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Conventions;

internal sealed class LawsCoverageTests
{
    private static readonly Type[] s_helpers = [typeof(GraphEditing), typeof(GraphVisualization), typeof(PipelineStarting)];

    [Test]
    public void Operators_EachOverload_IsBuiltByAClassOfTheLawsSuite()
    {
        Assert.That(NotBuilt(Operators(), typeof(OperatorLaws<,>)), Is.Empty, "No class that derives from OperatorLaws calls these. Add one beside the tests of the operator.");
    }

    [Test]
    public void Sources_EachOverload_IsBuiltByAClassOfTheLawsSuite()
    {
        Assert.That(NotBuilt(Sources(), typeof(SourceLaws<>)), Is.Empty, "No class that derives from SourceLaws calls these. Add one beside the tests of the source.");
    }

    [Test]
    public void Sources_OfThisAssembly_AreFound()
    {
        Assert.That(
            Sources().Select(method => method.Name).Distinct(),
            Is.SupersetOf(new[] { "FromEnumerable", "FromPeriodic", "FromTextFile", "FromHttp" }));
    }

    [Test]
    public void Operators_OfThisAssembly_AreFound()
    {
        Assert.That(
            Operators().Select(method => method.Name).Distinct(),
            Is.SupersetOf(new[] { "Map", "Filter", "Partition", "Zip", "Sink", "SinkToList", "Union", "Select" }));
    }

    private static IEnumerable<string> NotBuilt(IEnumerable<MethodInfo> methods, Type laws)
    {
        var built = Calls.OfClassesDerivedFrom(laws);
        return methods.Where(method => !built.Contains((method.Module, method.MetadataToken))).Select(method => $"{method.DeclaringType!.Name}: {method}");
    }

    private static IEnumerable<MethodInfo> Sources() =>
        new[] { typeof(StreamSource), typeof(HttpSource), typeof(WebSocketSource) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => IsStream(method.ReturnType));

    private static IEnumerable<MethodInfo> Operators() =>
        new[] { typeof(StreamSource<>).Assembly, typeof(SinkToWebSocketOperator).Assembly }
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => !s_helpers.Contains(type))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.IsDefined(typeof(ExtensionAttribute)))
            .Where(method => IsStream(method.GetParameters()[0].ParameterType) && typeof(IStream).IsAssignableFrom(method.ReturnType));

    private static bool IsStream(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Stream<>);
}
