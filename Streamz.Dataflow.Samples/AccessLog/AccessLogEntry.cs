namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>One request of a web server's log, as a line of the combined format states it.</summary>
/// <remarks>
/// <para>
/// <see cref="Method"/>, <see cref="Path"/> and <see cref="Protocol"/> are all null, or none is. They are null where the
/// request field is not <c>METHOD path PROTOCOL</c>: a connection that closed before it sent anything is logged as
/// <c>-</c>, and scanners send whatever bytes they like. Such a line is still a well-formed line of the log, and counts.
/// </para>
/// <para>The host field is all that is kept of who asked: the ident and user fields are checked and dropped.</para>
/// </remarks>
internal readonly record struct AccessLogEntry
{
    // Few readers want these three, so the line is kept and a string is made only for who asks.
    private readonly string _line;
    private readonly LogSlice _request;
    private readonly LogSlice _referer;
    private readonly LogSlice _userAgent;

    internal AccessLogEntry(string line, LogSlice request, LogSlice referer, LogSlice userAgent)
    {
        _line = line;
        _request = request;
        _referer = referer;
        _userAgent = userAgent;
    }

    /// <summary>The host field: an address, or a name where the server looks names up.</summary>
    public required string Client { get; init; }

    /// <summary>The time as the log writes it, with the log's own offset.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The method, or null where the request is not <c>METHOD path PROTOCOL</c>.</summary>
    public required string? Method { get; init; }

    /// <summary>
    /// The request target as it was sent, query included and percent-encoding untouched, so that
    /// <c>/?page=1</c>, <c>/?page=2</c> and <c>/</c> are three paths; null where the request is not
    /// <c>METHOD path PROTOCOL</c>. Only the log's own backslash escapes are undone.
    /// </summary>
    public required string? Path { get; init; }

    /// <summary>The protocol with its version, or null where the request is not <c>METHOD path PROTOCOL</c>.</summary>
    public required string? Protocol { get; init; }

    /// <summary>The status, 100 to 599.</summary>
    public required int Status { get; init; }

    /// <summary>The size of the response's body in bytes; a <c>-</c> in the log is 0.</summary>
    public required long Bytes { get; init; }

    /// <summary>The whole request field exactly as the log holds it, backslash escapes included.</summary>
    public string Request => _request.Of(_line).ToString();

    /// <summary>The referer, its escapes undone; <c>-</c> where the client sent none.</summary>
    public string Referer => LogEscapes.Undo(_referer.Of(_line));

    /// <summary>The user agent, its escapes undone; <c>-</c> where the client sent none.</summary>
    public string UserAgent => LogEscapes.Undo(_userAgent.Of(_line));
}
