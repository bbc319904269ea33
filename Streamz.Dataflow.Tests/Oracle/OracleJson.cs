using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Streamz.Dataflow.Tests.Oracle;

/// <summary>Writes values as the oracle does: tuples as lists, keys as text and in order.</summary>
internal static class OracleJson
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => JsonSerializer.Serialize(text),
        bool truth => truth ? "true" : "false",
        ITuple tuple => List(Enumerable.Range(0, tuple.Length).Select(index => tuple[index])),
        IDictionary map => $"{{{string.Join(",", map.Keys.Cast<object>().Select(key => $"\"{key}\":{Of(map[key])}").Order(StringComparer.Ordinal))}}}",
        IEnumerable items => List(items.Cast<object?>()),
        _ => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
    };

    private static string List(IEnumerable<object?> items) => $"[{string.Join(",", items.Select(Of))}]";
}
