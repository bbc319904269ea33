using System.Reflection;
using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>The classes that the C# compiler makes for lambdas and local functions.</summary>
internal static class Closures
{
    /// <summary>More functions and scopes than this are not nested in one another: packing and resolving recurse.</summary>
    public const int MaxDepth = 64;

    /// <summary>Whether a class holds the variables of a scope that lambdas capture.</summary>
    public static bool IsClosure(Type type) => IsGenerated(type) && type.Name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal);

    /// <summary>Whether a class holds lambdas that capture nothing, so that any instance of it will do.</summary>
    public static bool IsStateless(Type type) =>
        IsGenerated(type)
        && type.Name.StartsWith("<>c", StringComparison.Ordinal)
        && type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length == 0;

    /// <returns>The captured variables; not the delegates that a closure keeps in order not to make them twice.</returns>
    public static FieldInfo[] FieldsOf(Type closure) =>
        Array.FindAll(
            closure.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic),
            static field => !field.Name.StartsWith("<>9__", StringComparison.Ordinal));

    /// <returns>The variable as it is named in the source.</returns>
    public static string NameOf(FieldInfo field) => field.Name.EndsWith("__this", StringComparison.Ordinal) ? "this" : field.Name;

    private static bool IsGenerated(Type type) =>
        type is { IsClass: true, IsNested: true, BaseType: { } parent }
        && parent == typeof(object)
        && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
}
