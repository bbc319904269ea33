using System.Buffers;
using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>The backslash escapes that Apache writes into its log.</summary>
/// <remarks>
/// They are <c>\"</c>, <c>\\</c>, <c>\b</c>, <c>\n</c>, <c>\r</c>, <c>\t</c>, <c>\v</c> and <c>\xhh</c> for any other byte
/// that is not printable ASCII. Bytes that make up UTF-8 become the characters that they stand for. Those that do not, and
/// pairs that Apache never writes, stay as they are in the log: a replacement character would make one path out of many.
/// </remarks>
internal static class LogEscapes
{
    private const int HexEscapeLength = 4;
    private const int LongestRune = 4;

    private static readonly SearchValues<char> _quoteOrBackslash = SearchValues.Create("\"\\");

    /// <summary>Where the first quote without a backslash stands, or -1.</summary>
    public static int IndexOfQuote(ReadOnlySpan<char> text)
    {
        var position = 0;
        while (position < text.Length)
        {
            var next = text[position..].IndexOfAny(_quoteOrBackslash);
            if (next < 0)
            {
                return -1;
            }

            position += next;
            if (text[position] == '"')
            {
                return position;
            }

            position += 2;
        }

        return -1;
    }

    public static string Undo(ReadOnlySpan<char> text)
    {
        var escape = text.IndexOf('\\');
        if (escape < 0)
        {
            return text.ToString();
        }

        var plain = new StringBuilder(text.Length);
        while (escape >= 0)
        {
            plain.Append(text[..escape]);
            text = text[escape..];
            text = text[UndoFirst(text, plain)..];
            escape = text.IndexOf('\\');
        }

        return plain.Append(text).ToString();
    }

    private static int UndoFirst(ReadOnlySpan<char> text, StringBuilder plain)
    {
        if (text is ['\\', 'x', ..])
        {
            return UndoBytes(text, plain);
        }

        char? meant = text is ['\\', var letter, ..] ? Meaning(letter) : null;
        var length = Math.Min(2, text.Length);
        if (meant is { } character)
        {
            plain.Append(character);
        }
        else
        {
            plain.Append(text[..length]);
        }

        return length;
    }

    private static int UndoBytes(ReadOnlySpan<char> text, StringBuilder plain)
    {
        Span<byte> bytes = stackalloc byte[LongestRune];
        var count = 0;
        while (count < bytes.Length && TryByte(text[(count * HexEscapeLength)..], out bytes[count]))
        {
            count++;
        }

        if (count == 0)
        {
            plain.Append(text[..2]);
            return 2;
        }

        var valid = Rune.DecodeFromUtf8(bytes[..count], out var rune, out var consumed) == OperationStatus.Done;
        var length = consumed * HexEscapeLength;
        if (valid)
        {
            plain.Append(rune.ToString());
        }
        else
        {
            plain.Append(text[..length]);
        }

        return length;
    }

    private static bool TryByte(ReadOnlySpan<char> text, out byte value)
    {
        value = 0;
        return text is ['\\', 'x', var high, var low, ..]
            && char.IsAsciiHexDigit(high)
            && char.IsAsciiHexDigit(low)
            && byte.TryParse(text[2..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static char? Meaning(char letter) => letter switch
    {
        '"' or '\\' => letter,
        'b' => '\b',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        _ => null,
    };
}
