using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Estimates the width of text in a sans-serif font without asking for one.</summary>
internal static class TextMeasure
{
    private const double WideEm = 1.05;
    private const double EmojiEm = 1.4;
    private const double OtherEm = 0.78;
    private const double Margin = 1.03;

    // The widest of the fonts the pictures ask for; the others are narrower and only leave more air.
    private static readonly int[] _regular =
    [
        318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
        636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
        1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
        603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
        500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
        635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
    ];

    private static readonly int[] _bold =
    [
        348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365,
        696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580,
        1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850,
        733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500,
        500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687,
        716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
    ];

    /// <summary>Estimates a width, rather too large than too small.</summary>
    /// <param name="text">The text, on one line.</param>
    /// <param name="fontSize">The font size.</param>
    /// <param name="bold">Whether the text is bold.</param>
    /// <returns>The width in the unit of the font size.</returns>
    internal static double Width(string text, double fontSize, bool bold)
    {
        var total = 0.0;
        var enumerator = StringInfo.GetTextElementEnumerator(text);
        while (enumerator.MoveNext())
        {
            total += ElementWidth(enumerator.GetTextElement(), bold);
        }

        return total * fontSize * Margin;
    }

    private static double ElementWidth(string element, bool bold)
    {
        var first = element[0];
        if (element.Length == 1 && first is >= ' ' and <= '~')
        {
            return (bold ? _bold : _regular)[first - ' '] / 1000.0;
        }

        // One text element may be many code points (a family emoji); without a ligature each is drawn on its own.
        var width = 0.0;
        foreach (var rune in element.EnumerateRunes())
        {
            width += RuneWidth(rune, bold);
        }

        return width;
    }

    private static double RuneWidth(Rune rune, bool bold)
    {
        var value = rune.Value;
        if (value is >= ' ' and <= '~')
        {
            return (bold ? _bold : _regular)[value - ' '] / 1000.0;
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
            UnicodeCategory.ModifierSymbol when value >= 0x1F000 => 0,
            _ when value == '…' => 1.0,
            _ when value >= 0x1F000 && value < 0x20000 => EmojiEm,
            _ when IsWide(value) => WideEm,
            _ => bold ? OtherEm * 1.12 : OtherEm,
        };
    }

    private static bool IsWide(int value) =>
        value is (>= 0x1100 and <= 0x115F)
            or (>= 0x2190 and <= 0x2BFF)
            or (>= 0x2E80 and <= 0xA4CF)
            or (>= 0xAC00 and <= 0xD7A3)
            or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE4F)
            or (>= 0xFF00 and <= 0xFF60)
            or >= 0x20000;
}
