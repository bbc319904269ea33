using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
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
            Is.SupersetOf(new[] { "FromEnumerable", "FromPeriodic", "FromTextFile" }));
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
        var built = LawsClasses(laws).SelectMany(WithClosures).SelectMany(MethodsOf).SelectMany(CallsOf).ToHashSet();
        return methods.Where(method => !built.Contains((method.Module, method.MetadataToken))).Select(method => $"{method.DeclaringType!.Name}: {method}");
    }

    private static IEnumerable<MethodInfo> Sources() =>
        typeof(StreamSource).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(method => IsStream(method.ReturnType));

    private static IEnumerable<MethodInfo> Operators() =>
        typeof(StreamSource<>).Assembly.GetExportedTypes()
            .Where(type => !s_helpers.Contains(type))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.IsDefined(typeof(ExtensionAttribute)))
            .Where(method => IsStream(method.GetParameters()[0].ParameterType) && typeof(IStream).IsAssignableFrom(method.ReturnType));

    private static bool IsStream(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Stream<>);

    private static IEnumerable<Type> LawsClasses(Type laws) =>
        typeof(LawsCoverageTests).Assembly.GetTypes().Where(type => !type.IsAbstract && IsLaws(type, laws));

    private static bool IsLaws(Type type, Type laws)
    {
        for (var each = type.BaseType; each is not null; each = each.BaseType)
        {
            if (each.IsGenericType && each.GetGenericTypeDefinition() == laws)
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<Type> WithClosures(Type type) =>
        type.GetNestedTypes(BindingFlags.NonPublic | BindingFlags.Public).SelectMany(WithClosures).Prepend(type);

    private static IEnumerable<MethodInfo> MethodsOf(Type type) =>
        type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);

    /// <summary>The methods that a method calls. A byte that only looks like a call resolves to nothing, or to something that is no operator.</summary>
    private static IEnumerable<(Module Module, int Token)> CallsOf(MethodInfo method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at + sizeof(int) < code.Length; at++)
        {
            if (code[at] == OpCodes.Call.Value && Resolve(method, BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at + 1))) is { } called)
            {
                yield return (called.Module, called.MetadataToken);
            }
        }
    }

    private static MethodBase? Resolve(MethodInfo method, int token)
    {
        try
        {
            var called = method.Module.ResolveMethod(
                token,
                method.DeclaringType!.GetGenericArguments(),
                method.IsGenericMethod ? method.GetGenericArguments() : null);
            return called is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : called;
        }
        catch (Exception notAToken) when (notAToken is ArgumentException or BadImageFormatException or TypeLoadException)
        {
            return null;
        }
    }
}
