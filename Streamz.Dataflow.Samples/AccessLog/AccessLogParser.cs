namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>
/// Reads lines of Apache's combined format:
/// <c>host ident user [dd/Mon/yyyy:HH:mm:ss +zzzz] "request" status bytes "referer" "agent"</c>.
/// </summary>
/// <remarks>
/// <para>Strict: what Apache would not write is malformed. Where the format leaves room, this is decided:</para>
/// <list type="bullet">
/// <item>Fields are one space apart. One carriage return at the end is part of a CRLF line ending; anything else after
/// the agent, a blank included, is malformed.</item>
/// <item>Apache escapes quotes in every field, but not spaces. So a user name may hold spaces inside (not at its ends),
/// while the host and the ident may not, and a quote without its backslash is malformed everywhere. The one exception is
/// a user of <c>""</c>, Apache's way to write a user name that is empty.</item>
/// <item>Control characters are malformed in the first three fields, and accepted inside the quoted ones, where servers
/// that do not escape them put what the client sent.</item>
/// <item>The date is a real one, as <see cref="LogTime"/> says.</item>
/// <item>The status is three digits, 100 to 599. The bytes are ASCII digits that fit a <see cref="long"/>, or
/// <c>-</c>.</item>
/// <item>In a quoted field a backslash takes the next character with it, whichever it is; see
/// <see cref="LogEscapes"/> for what the pair then means.</item>
/// <item>What the request field says is the client's business, not the format's; see <see cref="AccessLogEntry"/>.</item>
/// </list>
/// </remarks>
internal static class AccessLogParser
{
    /// <summary>Reads one line, given without its line feed.</summary>
    /// <returns>False where the line is malformed; <paramref name="entry"/> is then not to be used.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="line"/> is null.</exception>
    public static bool TryParse(string line, out AccessLogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(line);
        entry = default;

        ReadOnlySpan<char> text = line;
        if (text is [.., '\r'])
        {
            text = text[..^1];
        }

        var cursor = new LogCursor(text);
        if (!cursor.TryWord(out var client)
            || !cursor.TrySkip(' ')
            || !cursor.TryWord(out _)
            || !cursor.TrySkip(' ')
            || !cursor.TryUser()
            || !cursor.TrySkip(' ')
            || !cursor.TrySkip('[')
            || !cursor.TryTime(out var time)
            || !cursor.TrySkip(']')
            || !cursor.TrySkip(' ')
            || !cursor.TryQuoted(out var request)
            || !cursor.TrySkip(' ')
            || !cursor.TryStatus(out var status)
            || !cursor.TrySkip(' ')
            || !cursor.TryBytes(out var bytes)
            || !cursor.TrySkip(' ')
            || !cursor.TryQuoted(out var referer)
            || !cursor.TrySkip(' ')
            || !cursor.TryQuoted(out var userAgent)
            || !cursor.AtEnd)
        {
            return false;
        }

        var asked = RequestLine.Parse(request.Of(text));
        entry = new AccessLogEntry(line, request, referer, userAgent)
        {
            Client = client.Of(text).ToString(),
            Time = time,
            Method = asked.Method,
            Path = asked.Path,
            Protocol = asked.Protocol,
            Status = status,
            Bytes = bytes,
        };
        return true;
    }
}
