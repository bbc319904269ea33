using System.Buffers;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>What a request field of <c>METHOD path PROTOCOL</c> says.</summary>
/// <remarks>
/// The method is a token of RFC 9110, the protocol a name with a version (<c>HTTP/1.1</c>, <c>HTTP/2.0</c>,
/// <c>RTSP/1.0</c>), and the path anything between them without a space: a fourth word leaves open where the path ends.
/// </remarks>
internal readonly record struct RequestLine(string? Method, string? Path, string? Protocol)
{
    private static readonly SearchValues<char> _tokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The three parts, or three nulls where <paramref name="text"/> is anything else.</summary>
    public static RequestLine Parse(ReadOnlySpan<char> text)
    {
        var methodEnd = text.IndexOf(' ');
        var pathEnd = text.LastIndexOf(' ');
        if (methodEnd < 1 || pathEnd <= methodEnd + 1)
        {
            return default;
        }

        var method = text[..methodEnd];
        var path = text[(methodEnd + 1)..pathEnd];
        var protocol = text[(pathEnd + 1)..];
        if (method.ContainsAnyExcept(_tokenCharacters) || path.Contains(' ') || !IsProtocol(protocol))
        {
            return default;
        }

        return new RequestLine(MethodName(method), LogEscapes.Undo(path), ProtocolName(protocol));
    }

    private static bool IsProtocol(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        if (slash < 1 || text[..slash].ContainsAnyExceptInRange('A', 'Z'))
        {
            return false;
        }

        var version = text[(slash + 1)..];
        var dot = version.IndexOf('.');
        return dot < 0 ? IsNumber(version) : IsNumber(version[..dot]) && IsNumber(version[(dot + 1)..]);
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');

    // Nearly every line says one of these: a literal saves a string for each.
    private static string MethodName(ReadOnlySpan<char> name) => name switch
    {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => name.ToString(),
    };

    private static string ProtocolName(ReadOnlySpan<char> name) => name switch
    {
        "HTTP/1.0" => "HTTP/1.0",
        "HTTP/1.1" => "HTTP/1.1",
        "HTTP/2.0" => "HTTP/2.0",
        "HTTP/3.0" => "HTTP/3.0",
        _ => name.ToString(),
    };
}
