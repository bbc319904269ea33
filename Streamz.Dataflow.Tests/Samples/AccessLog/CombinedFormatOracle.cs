using System.Globalization;
using System.Text.RegularExpressions;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

/// <summary>The combined format said a second time, and slowly: by a pattern, and by the framework's own dates.</summary>
internal static partial class CombinedFormatOracle
{
    public static bool IsWellFormed(string line)
    {
        var match = Combined().Match(line);
        return match.Success
            && long.TryParse(match.Groups["bytes"].Value.Replace('-', '0'), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && IsTime(match.Groups["time"].Value);
    }

    private static bool IsTime(string text) =>
        Time().IsMatch(text)
        && DateTimeOffset.TryParseExact(
            text.Insert(24, ":"), "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(
        """
        ^
        (?: [^\ "\\\x00-\x1F\x7F] | \\[^\ \x00-\x1F\x7F] | \\(?=\ ) )+ \ 
        (?: [^\ "\\\x00-\x1F\x7F] | \\[^\ \x00-\x1F\x7F] | \\(?=\ ) )+ \ 
        (?: "" | (?!\ ) (?: [^"\\\x00-\x1F\x7F] | \\[^\x00-\x1F\x7F] )* (?<!\ ) (?<=[^\ ]) \\? ) \ 
        \[ (?<time> [^"]{26} ) \]\ 
        " (?: [^"\\] | \\. )* "\ 
        [1-5][0-9]{2} \ 
        (?<bytes> - | [0-9]+ ) \ 
        " (?: [^"\\] | \\. )* "\ 
        " (?: [^"\\] | \\. )* "
        \r? \z
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Combined();

    // The framework forgives the case of a month.
    [GeneratedRegex(
        "^[0-9]{2}/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Time();
}
