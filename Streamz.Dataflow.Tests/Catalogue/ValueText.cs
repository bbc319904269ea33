using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>Writes values as a reader of C# expects them.</summary>
internal static class ValueText
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(double)] = "double",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
    };

    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => text,
        bool truth => truth ? "true" : "false",
        ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(index => Of(tuple[index])))})",
        IDictionary map => $"{{{string.Join(", ", map.Keys.Cast<object>().Select(key => $"{Of(key)}: {Of(map[key])}").Order(StringComparer.Ordinal))}}}",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Of))}]",
        _ when IsPair(value) => $"{Of(Part(value, "Key"))}: {Of(Part(value, "Value"))}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>The type as it is written in C#.</summary>
    public static string OfType(Type type) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } inner => $"{OfType(inner)}?",
        _ when s_keywords.TryGetValue(type, out var keyword) => keyword,
        { IsArray: true } => $"{OfType(type.GetElementType()!)}[]",
        { IsGenericType: true } when typeof(ITuple).IsAssignableFrom(type) => $"({string.Join(", ", type.GetGenericArguments().Select(OfType))})",
        { IsGenericType: true } => $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(OfType))}>",
        _ => type.Name,
    };

    private static bool IsPair(object value) =>
        value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static object? Part(object value, string name) => value.GetType().GetProperty(name)!.GetValue(value);
}
