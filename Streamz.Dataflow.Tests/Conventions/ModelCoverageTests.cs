using System.Reflection;
using Streamz.Dataflow.Tests.Models;

namespace Streamz.Dataflow.Tests.Conventions;

internal sealed class ModelCoverageTests
{
    /// <summary>Sinks give nothing that a model could tell of; the laws suite has them.</summary>
    [Test]
    public void Operators_Each_HasAModel()
    {
        var built = Calls.OfClassesDerivedFrom(typeof(OperatorModel<>));

        var missing = Operators().Where(type => !Array.Exists(MethodsOf(type), method => built.Contains((method.Module, method.MetadataToken))))
            .Select(type => type.Name);

        Assert.That(missing, Is.Empty, "No class that derives from OperatorModel builds these. Add one to Models.");
    }

    [Test]
    public void Operators_OfThisAssembly_AreFound() =>
        Assert.That(
            Operators().Select(type => type.Name),
            Is.SupersetOf(new[] { "MapOperator", "SplitOperator", "ZipOperator", "TimedWindowOperator" }).And.Not.Contains("SinkOperator"));

    private static IEnumerable<Type> Operators() =>
        typeof(StreamSource<>).Assembly.GetExportedTypes()
            .Where(type => type.Name.EndsWith("Operator", StringComparison.Ordinal) && Array.Exists(MethodsOf(type), GivesAStream));

    private static MethodInfo[] MethodsOf(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);

    private static bool GivesAStream(MethodInfo method) => Contains(method.ReturnType);

    /// <summary>A stream, or a tuple or list of streams.</summary>
    private static bool Contains(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Stream<>) || Array.Exists(type.GetGenericArguments(), Contains));
}
