using System.Text.RegularExpressions;

namespace Streamz.Dataflow.Graph;

/// <summary>Makes a short text of the source code of a delegate argument, for the label of its node.</summary>
internal static partial class DelegateText
{
    private const int MaxLength = 40;

    public static string? Of(string? expression)
    {
        if (expression is null)
        {
            return null;
        }

        var line = Space().Replace(expression, " ").Trim();
        return line.Length <= MaxLength ? line : string.Concat(line.AsSpan(0, MaxLength - 1), "…");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
