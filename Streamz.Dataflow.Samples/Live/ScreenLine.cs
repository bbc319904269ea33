using Spectre.Console;

namespace Streamz.Dataflow.Samples.Live;

/// <summary>A line of the screen in pieces, each with its style, which never gets wider than it is told.</summary>
internal sealed class ScreenLine
{
    private const string Ellipsis = "…";

    private readonly List<(string Text, Style Style)> _pieces = [];

    public int Width { get; private set; }

    public ScreenLine Add(string text, Color? color = null)
    {
        _pieces.Add((text, new Style(color)));
        Width += text.Length;
        return this;
    }

    public ScreenLine PadTo(int width) => Width < width ? Add(new string(' ', width - Width)) : this;

    public static string Cut(string text, int width) =>
        text.Length <= width ? text : string.Concat(text.AsSpan(0, Math.Max(0, width - Ellipsis.Length)), width > 0 ? Ellipsis : string.Empty);

    /// <summary>The line on a screen of <paramref name="width"/> columns.</summary>
    public Paragraph Render(int width)
    {
        var paragraph = new Paragraph { Overflow = Overflow.Crop };
        var left = width;
        foreach (var (text, style) in _pieces)
        {
            var shown = Cut(text, left);
            paragraph.Append(shown, style);
            left -= shown.Length;
        }

        return paragraph;
    }

    public string ToText(int width) => Cut(string.Concat(_pieces.Select(piece => piece.Text)), width).TrimEnd();
}
