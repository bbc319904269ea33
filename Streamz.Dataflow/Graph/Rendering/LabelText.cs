using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Makes arbitrary text fit to be shown as a label.</summary>
internal static class LabelText
{
    private const char Ellipsis = '…';
    private const int ByteOrderMark = 0xFEFF;

    /// <summary>Collapses white space and control characters to single spaces, trims, and drops what no document may hold.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Text on one line, valid in XML.</returns>
    internal static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        var builder = new StringBuilder(text.Length);
        var pendingSpace = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                pendingSpace = true;
                continue;
            }

            if (IsDropped(rune))
            {
                continue;
            }

            if (pendingSpace && builder.Length > 0)
            {
                builder.Append(' ');
            }

            pendingSpace = false;
            builder.Append(rune);
        }

        return builder.ToString();
    }

    /// <summary>Gives the name and the label of a node on one line.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Cleaned text.</returns>
    internal static string Caption(DrawingNode node)
    {
        var name = Clean(node.Name);
        var label = Clean(node.Label);
        return name.Length == 0 ? label : label.Length == 0 ? name : $"{name}: {label}";
    }

    /// <summary>Breaks a cleaned label into lines, ending with an ellipsis when it does not fit.</summary>
    /// <param name="text">Cleaned text.</param>
    /// <param name="maxCharacters">The most characters on a line.</param>
    /// <param name="maxLines">The most lines.</param>
    /// <returns>The lines; none for empty text.</returns>
    internal static IReadOnlyList<string> Wrap(string text, int maxCharacters, int maxLines)
    {
        var lines = new List<string>();
        var rest = Elements(text);
        while (rest.Count > 0)
        {
            if (rest.Count <= maxCharacters)
            {
                lines.Add(string.Concat(rest));
                break;
            }

            if (lines.Count == maxLines - 1)
            {
                lines.Add(string.Concat(rest.Take(maxCharacters - 1)).TrimEnd() + Ellipsis);
                break;
            }

            var cut = BreakPosition(rest, BalancedLength(rest.Count, maxCharacters, maxLines - lines.Count), maxCharacters);
            lines.Add(string.Concat(rest.Take(cut)).TrimEnd());
            rest.RemoveRange(0, cut);
            while (rest.Count > 0 && rest[0] == " ")
            {
                rest.RemoveAt(0);
            }
        }

        return lines;
    }

    private static int BalancedLength(int remaining, int maxCharacters, int linesLeft)
    {
        var even = (remaining + linesLeft - 1) / linesLeft;
        return Math.Min(even, maxCharacters);
    }

    private static int BreakPosition(List<string> elements, int wanted, int limit)
    {
        // Past the even length first: the first line may be the longer one, never the one that is cut off.
        for (var i = wanted; i <= limit; i++)
        {
            if (elements[i] == " ")
            {
                return i;
            }
        }

        for (var i = wanted - 1; i > limit / 3; i--)
        {
            if (elements[i] == " ")
            {
                return i;
            }
        }

        for (var i = limit; i > limit / 3; i--)
        {
            if (elements[i - 1] is "." or "," or "_" or "/" or "-" or "=" or "(" or ";" or ":" or "<")
            {
                return i;
            }
        }

        return limit;
    }

    private static List<string> Elements(string text)
    {
        var elements = new List<string>();
        var enumerator = StringInfo.GetTextElementEnumerator(text);
        while (enumerator.MoveNext())
        {
            elements.Add(enumerator.GetTextElement());
        }

        return elements;
    }

    private static bool IsDropped(Rune rune)
    {
        var value = rune.Value;

        // Directional overrides left open in one label would reorder the text around it.
        var directional = value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
        var nonCharacter = (value & 0xFFFE) == 0xFFFE || value is >= 0xFDD0 and <= 0xFDEF;
        return directional || nonCharacter || value == ByteOrderMark;
    }
}
