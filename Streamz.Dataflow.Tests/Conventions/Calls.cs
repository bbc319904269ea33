using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>Reads from the code of this assembly which methods its classes call.</summary>
internal static class Calls
{
    /// <summary>The methods that the classes call which derive from a generic one, closures included.</summary>
    public static HashSet<(Module Module, int Token)> OfClassesDerivedFrom(Type genericBase) =>
        typeof(Calls).Assembly.GetTypes().Where(type => !type.IsAbstract && DerivesFrom(type, genericBase))
            .SelectMany(WithClosures).SelectMany(MethodsOf).SelectMany(CallsOf).ToHashSet();

    private static bool DerivesFrom(Type type, Type genericBase)
    {
        for (var each = type.BaseType; each is not null; each = each.BaseType)
        {
            if (each.IsGenericType && each.GetGenericTypeDefinition() == genericBase)
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
