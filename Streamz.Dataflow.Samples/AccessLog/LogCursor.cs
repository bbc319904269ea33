using System.Globalization;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>A place in a line, which moves on only over what was asked for.</summary>
internal ref struct LogCursor(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _position;

    public readonly bool AtEnd => _position == _text.Length;

    private readonly ReadOnlySpan<char> Rest => _text[_position..];

    public bool TrySkip(char expected)
    {
        if (Rest is not [var next, ..] || next != expected)
        {
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>Reads a field without quotes and spaces.</summary>
    public bool TryWord(out LogSlice word)
    {
        var length = Math.Max(Rest.IndexOf(' '), 0);
        word = new LogSlice(_position, length);
        return TryBare(length);
    }

    /// <summary>Reads the user name, up to the space before the time.</summary>
    public bool TryUser()
    {
        // The name can hold spaces and brackets, but a bare quote only as a whole that is empty. So the first of these
        // ends the time, whatever stands before it, and nothing has to be tried twice.
        var timeEnd = Rest.IndexOf("] \"");
        var length = timeEnd - LogTime.Length - " [".Length;
        if (length < 1)
        {
            return false;
        }

        if (Rest[..length] is "\"\"")
        {
            _position += length;
            return true;
        }

        return Rest[0] != ' ' && Rest[length - 1] != ' ' && TryBare(length);
    }

    public bool TryTime(out DateTimeOffset time)
    {
        time = default;
        if (Rest.Length < LogTime.Length || !LogTime.TryParse(Rest[..LogTime.Length], out time))
        {
            return false;
        }

        _position += LogTime.Length;
        return true;
    }

    /// <summary>Reads a field in quotes, which <paramref name="field"/> leaves out.</summary>
    public bool TryQuoted(out LogSlice field)
    {
        field = default;
        if (!TrySkip('"'))
        {
            return false;
        }

        var length = LogEscapes.IndexOfQuote(Rest);
        if (length < 0)
        {
            return false;
        }

        field = new LogSlice(_position, length);
        _position += length + 1;
        return true;
    }

    public bool TryStatus(out int status)
    {
        status = 0;
        if (Rest is not [>= '1' and <= '5' and var hundreds, >= '0' and <= '9' and var tens, >= '0' and <= '9' and var ones, ..])
        {
            return false;
        }

        status = ((hundreds - '0') * 100) + ((tens - '0') * 10) + (ones - '0');
        _position += 3;
        return true;
    }

    public bool TryBytes(out long bytes)
    {
        bytes = 0;
        if (TrySkip('-'))
        {
            return true;
        }

        var length = Rest.IndexOfAnyExceptInRange('0', '9');
        var digits = length < 0 ? Rest : Rest[..length];
        _position += digits.Length;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out bytes);
    }

    private bool TryBare(int length)
    {
        var field = Rest[..length];
        if (field.IsEmpty
            || field.ContainsAnyInRange('\0', '\x1F')
            || field.Contains('\x7F')
            || LogEscapes.IndexOfQuote(field) >= 0)
        {
            return false;
        }

        _position += length;
        return true;
    }
}
