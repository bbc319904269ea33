using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Tests.Models;

/// <summary>Values as text that is equal exactly if the values are, lists by their items.</summary>
internal static class ModelText
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IEnumerable items => $"[{string.Join(' ', items.Cast<object?>().Select(Of))}]",
        ITuple tuple => $"({string.Join(' ', Enumerable.Range(0, tuple.Length).Select(i => Of(tuple[i])))})",
        _ => string.Format(CultureInfo.InvariantCulture, "{0}", value),
    };
}
