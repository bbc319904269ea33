using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Writes SVG elements with escaped text and numbers that look the same everywhere.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _builder = new();

    /// <summary>Formats a number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>At most two decimals, with a point.</returns>
    internal static string Number(double value)
    {
        // Adding zero turns a negative zero into a plain one.
        var rounded = Math.Round(value, 2, MidpointRounding.AwayFromZero) + 0.0;
        return rounded.ToString("0.##", CultureInfo.InvariantCulture);
    }

    /// <summary>Makes text safe inside an element or an attribute.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Cleaned and escaped text.</returns>
    internal static string Escape(string? text) => LabelText.Clean(text)
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal);

    /// <summary>Writes a line of markup as it is, with numbers formatted.</summary>
    /// <param name="markup">The markup; strings in it must be escaped already.</param>
    internal void Line(FormattableString markup)
    {
        var arguments = Array.ConvertAll(markup.GetArguments(), argument => argument is double number ? Number(number) : argument);
        _builder.AppendFormat(CultureInfo.InvariantCulture, markup.Format, arguments).Append('\n');
    }

    /// <summary>Writes raw text.</summary>
    /// <param name="text">The text, ending with a line break.</param>
    internal void Raw(string text) => _builder.Append(text);

    /// <inheritdoc/>
    public override string ToString() => _builder.ToString();
}
