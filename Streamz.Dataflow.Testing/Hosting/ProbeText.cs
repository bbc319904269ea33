using System.Collections;
using System.Globalization;

namespace Streamz.Dataflow.Testing;

/// <summary>Compares and prints elements, lists by what is in them.</summary>
internal static class ProbeText
{
    private const int MostItems = 20;

    public static bool AreEqual(object? one, object? other) =>
        one is IEnumerable items and not string && other is IEnumerable others and not string
            ? items.Cast<object?>().SequenceEqual(others.Cast<object?>(), Comparer.Instance)
            : Equals(one, other);

    public static string Of<T>(IReadOnlyList<T> elements) =>
        string.Join(", ", elements.Take(MostItems).Select(element => Of(element)))
        + (elements.Count > MostItems ? string.Create(CultureInfo.InvariantCulture, $", … {elements.Count - MostItems} more") : "");

    private static string Of(object? element) => element switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IEnumerable items => $"[{Of(items.Cast<object?>().ToList())}]",
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => element.ToString() ?? "",
    };

    private sealed class Comparer : IEqualityComparer<object?>
    {
        public static readonly Comparer Instance = new();

        bool IEqualityComparer<object?>.Equals(object? x, object? y) => AreEqual(x, y);

        int IEqualityComparer<object?>.GetHashCode(object? obj) => 0;
    }
}
