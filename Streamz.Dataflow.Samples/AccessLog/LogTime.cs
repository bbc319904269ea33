namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Reads the date of a line: <c>dd/Mon/yyyy:HH:mm:ss +zzzz</c>.</summary>
/// <remarks>
/// The day must exist in its month, and months have their English names in Apache's own case. A second of 60 is
/// malformed: the POSIX clock behind the log repeats a second instead, and <see cref="DateTimeOffset"/> has no place for
/// it. Offsets reach from -1400 to +1400, which is what <see cref="DateTimeOffset"/> holds and more than any zone uses.
/// </remarks>
internal static class LogTime
{
    public const int Length = 26;

    private const int MaxOffsetMinutes = 14 * 60;

    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != Length
            || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[14] != ':' || text[17] != ':' || text[20] != ' ')
        {
            return false;
        }

        var year = Number(text[7..11]);
        var month = Month(text[3..6]);
        if (year < 1 || month < 1)
        {
            return false;
        }

        var day = Number(text[..2]);
        var hour = Number(text[12..14]);
        var minute = Number(text[15..17]);
        var second = Number(text[18..20]);
        if (day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59)
        {
            return false;
        }

        return TryParseOffset(text[21..], out var offset)
            && TryMake(new DateTime(year, month, day, hour, minute, second), offset, out time);
    }

    private static bool TryParseOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        var hours = Number(text[1..3]);
        var minutes = Number(text[3..5]);
        var total = (hours * 60) + minutes;
        offset = TimeSpan.FromMinutes(text[0] == '-' ? -total : total);
        return text[0] is '+' or '-' && hours >= 0 && minutes is >= 0 and <= 59 && total <= MaxOffsetMinutes;
    }

    private static bool TryMake(DateTime local, TimeSpan offset, out DateTimeOffset time)
    {
        // The constructor throws where the first or last hours of the calendar leave it in UTC.
        var utc = local.Ticks - offset.Ticks;
        var exists = utc >= DateTime.MinValue.Ticks && utc <= DateTime.MaxValue.Ticks;
        time = exists ? new DateTimeOffset(local, offset) : default;
        return exists;
    }

    private static int Month(ReadOnlySpan<char> name) => name switch
    {
        "Jan" => 1,
        "Feb" => 2,
        "Mar" => 3,
        "Apr" => 4,
        "May" => 5,
        "Jun" => 6,
        "Jul" => 7,
        "Aug" => 8,
        "Sep" => 9,
        "Oct" => 10,
        "Nov" => 11,
        "Dec" => 12,
        _ => -1,
    };

    private static int Number(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            // Not char.IsDigit, which knows the digits of every script.
            if (!char.IsAsciiDigit(digit))
            {
                return -1;
            }

            number = (number * 10) + (digit - '0');
        }

        return number;
    }
}
