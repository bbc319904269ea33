using System.Collections;
using System.Globalization;

namespace Streamz.Dataflow.Testing;

/// <summary>Compares and prints elements as laws and probes need it: lists by their items.</summary>
internal static class ElementValues
{
    private const int MaxShown = 20;

    public static bool AreEqual(object? first, object? second) =>
        first is IEnumerable and not string && second is IEnumerable and not string
            ? ((IEnumerable)first).Cast<object?>().SequenceEqual(((IEnumerable)second).Cast<object?>(), Comparer.Instance)
            : Equals(first, second);

    public static bool AreEqual<T>(IReadOnlyCollection<T> first, IReadOnlyCollection<T> second, bool ordered)
    {
        if (first.Count != second.Count)
        {
            return false;
        }

        if (ordered)
        {
            return AreEqual(first, second);
        }

        var left = second.ToList();
        return first.All(item => left.FindIndex(other => AreEqual(item, other)) is var found and >= 0 && Remove(left, found));
    }

    public static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IEnumerable items => $"[{string.Join(", ", Shown(items.Cast<object?>().ToList()))}]",
        _ => string.Format(CultureInfo.InvariantCulture, "{0}", value),
    };

    private static IEnumerable<string> Shown(List<object?> items) =>
        items.Count <= MaxShown ? items.Select(Text) : items.Take(MaxShown).Select(Text).Append($"… {items.Count} in all");

    private static bool Remove<T>(List<T> list, int index)
    {
        list.RemoveAt(index);
        return true;
    }

    private sealed class Comparer : IEqualityComparer<object?>
    {
        public static Comparer Instance { get; } = new();

        public new bool Equals(object? first, object? second) => AreEqual(first, second);

        public int GetHashCode(object? value) => 0;
    }
}
