namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Makes of a well-formed line what crashed writers, full disks and other people's configuration make of it.</summary>
internal static class DamagedLine
{
    private const string ErrorLogLine = "[core:error] [pid 4242] AH00126: Invalid URI in request GET /../../etc/passwd HTTP/1.1";

    /// <summary>A malformed line, whatever well-formed line and random numbers it is made from.</summary>
    public static string Of(string line, Random random) => random.Next(7) switch
    {
        0 => string.Empty,
        1 or 2 => line[..random.Next(1, line.Length)],
        3 => WithImpossibleDate(line),
        4 => line + line,
        5 => line[..^1] + "\"\"",
        _ => ErrorLogLine,
    };

    private static string WithImpossibleDate(string line)
    {
        var day = line.IndexOf('[', StringComparison.Ordinal) + 1;
        return line[..day] + "31/Feb" + line[(day + "31/Feb".Length)..];
    }
}
