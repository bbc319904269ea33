using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Text from a log, made fit for a terminal.</summary>
internal static class PrintableText
{
    public const int MaxLength = 200;

    private const char Ellipsis = '…';

    /// <summary>
    /// <paramref name="text"/> in at most <see cref="MaxLength"/> characters, the last an ellipsis where some were cut,
    /// and with characters that a terminal would obey, or not show, written as escapes.
    /// </summary>
    /// <remarks>Backslashes are not doubled: logs are full of them, and this is for reading, not for reading back.</remarks>
    public static string Of(string text)
    {
        var printable = new StringBuilder();
        var fits = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            printable.Append(Shown(rune));
            if (printable.Length > MaxLength)
            {
                return printable.ToString(0, fits) + Ellipsis;
            }

            if (printable.Length < MaxLength)
            {
                fits = printable.Length;
            }
        }

        return printable.ToString();
    }

    private static string Shown(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        _ when rune.Value == '\t' => "\\t",
        UnicodeCategory.Control => Escape("x", rune, 2),

        // Among these are the marks that turn the direction of writing, with which a path can pose as another.
        UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => Escape("u", rune, 4),
        _ => rune.ToString(),
    };

    private static string Escape(string kind, Rune rune, int digits) =>
        "\\" + kind + rune.Value.ToString("x" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
