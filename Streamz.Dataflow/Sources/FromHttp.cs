using System.Buffers;
using System.Net;
using System.Text;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

public static partial class StreamSource
{
    /// <summary>Listens for HTTP requests, and emits the text of each body that is posted.</summary>
    /// <remarks>
    /// <b>Order:</b> kept for a client that awaits each answer; clients mix. <b>Buffering:</b> the body of each request that is served. <b>Back-pressure:</b> a
    /// request is answered, with 202, once the pipeline has taken its element; further ones wait with their headers only. <b>Completion:</b> ends when the
    /// pipeline stops, which closes the port; requests whose element was not taken are answered with 503 or cut off. <b>Faults:</b> a request with another
    /// method is answered with 405, one whose body is too long with 413, one that is not in the encoding with 400; one that breaks off is told in the log.
    /// A port that cannot be listened on stops the pipeline. Each run listens anew. Only the answer 202 says that an element was taken: outside Windows,
    /// HttpListener answers 200 to what it has not yet read when it closes. Nor does it tell a body sent in chunks that breaks off from one that ends;
    /// clients that state the length are safe from that. Nobody is asked who they are, and nothing is encrypted: put a proxy in front before you listen to
    /// other machines.
    /// </remarks>
    /// <param name="port">The port; 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
    /// <param name="path">The path below which requests are taken, of which others are answered with 404. The default is /, which is any.</param>
    /// <param name="host">The name or address of this machine that clients use; + for every one. The default is localhost, which other machines cannot reach.</param>
    /// <param name="maxLength">How many bytes a body may have; at least 1. The default is 1,048,576.</param>
    /// <param name="maxRequests">How many requests are served at once; others wait; at least 1. The default is 100.</param>
    /// <param name="encoding">The encoding. The default is UTF-8.</param>
    /// <param name="onListening">Called in each run, once requests are taken, with the address to post to.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of bodies.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> or <paramref name="host"/> is null, empty or of the wrong form.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Stream<string> FromHttp(
        int port,
        string path = HttpServer.DefaultPath,
        string host = HttpServer.DefaultHost,
        int maxLength = HttpServer.DefaultMaxLength,
        int maxRequests = HttpServer.DefaultMaxAtOnce,
        Encoding? encoding = null,
        Action<Uri>? onListening = null,
        StreamOptions? options = null)
    {
        var strict = Strict(encoding ?? Encoding.UTF8);
        return FromHttp("from_http", strict.GetString, port, path, host, maxLength, maxRequests, onListening, options);
    }

    /// <summary>Listens for HTTP requests, and emits the bytes of each body that is posted.</summary>
    /// <remarks>As <see cref="FromHttp(int, string, string, int, int, Encoding?, Action{Uri}?, StreamOptions?)"/>, for bodies that are no text.</remarks>
    /// <param name="port">The port; 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
    /// <param name="path">The path below which requests are taken, of which others are answered with 404. The default is /, which is any.</param>
    /// <param name="host">The name or address of this machine that clients use; + for every one. The default is localhost, which other machines cannot reach.</param>
    /// <param name="maxLength">How many bytes a body may have; at least 1. The default is 1,048,576.</param>
    /// <param name="maxRequests">How many requests are served at once; others wait; at least 1. The default is 100.</param>
    /// <param name="onListening">Called in each run, once requests are taken, with the address to post to.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of bodies.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> or <paramref name="host"/> is null, empty or of the wrong form.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Stream<byte[]> FromHttpBytes(
        int port,
        string path = HttpServer.DefaultPath,
        string host = HttpServer.DefaultHost,
        int maxLength = HttpServer.DefaultMaxLength,
        int maxRequests = HttpServer.DefaultMaxAtOnce,
        Action<Uri>? onListening = null,
        StreamOptions? options = null) =>
        FromHttp("from_http_bytes", static body => body, port, path, host, maxLength, maxRequests, onListening, options);

    private static Stream<T> FromHttp<T>(
        string name,
        Func<byte[], T> decode,
        int port,
        string path,
        string host,
        int maxLength,
        int maxRequests,
        Action<Uri>? onListening,
        StreamOptions? options)
    {
        var server = HttpServer.Create(name, "http", host, port, path);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRequests, 1);
        return new Stream<T>(new SourceNode<T>(name, () => new HttpStage<T>(server, maxRequests, maxLength, decode, onListening), options)
        {
            Details = server.ToString(),
        });
    }

    /// <summary>The encoding, but such that bytes which are none of it are an error.</summary>
    private static Encoding Strict(Encoding encoding)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return strict;
    }

    private sealed class HttpStage<T>(HttpServer server, int maxRequests, int maxLength, Func<byte[], T> decode, Action<Uri>? onListening)
        : HttpServerStage<T>(server, maxRequests, onListening)
    {
        private const int BlockSize = 1 << 13;

        protected override async Task ServeAsync(HttpListenerContext client, CancellationToken ending)
        {
            var response = client.Response;
            if (client.Request.HttpMethod != HttpMethod.Post.Method)
            {
                response.StatusCode = (int)HttpStatusCode.MethodNotAllowed;
                response.AddHeader("Allow", HttpMethod.Post.Method);
                return;
            }

            byte[]? body;
            await using (ending.Register(() => Cut(client)).ConfigureAwait(false))
            {
                // A stream of HttpListener heeds no token.
                body = await ReadAsync(client.Request, ending).ConfigureAwait(false);
            }

            if (body is null)
            {
                response.StatusCode = (int)HttpStatusCode.RequestEntityTooLarge;
                return;
            }

            T value;
            try
            {
                value = decode(body);
            }
            catch (DecoderFallbackException)
            {
                response.StatusCode = (int)HttpStatusCode.BadRequest;
                return;
            }

            await OfferAsync(value, ending).ConfigureAwait(false);
            response.StatusCode = (int)HttpStatusCode.Accepted;
            response.KeepAlive = true;
        }

        /// <summary>Reads a body; null if it is too long.</summary>
        private async Task<byte[]?> ReadAsync(HttpListenerRequest request, CancellationToken ending)
        {
            using var body = new MemoryStream();
            var block = ArrayPool<byte>.Shared.Rent(BlockSize);
            var length = 0L;
            while (await request.InputStream.ReadAsync(block, ending).ConfigureAwait(false) is > 0 and var count)
            {
                length += count;
                if (length <= maxLength)
                {
                    body.Write(block, 0, count);
                }
                else if (length > 2L * maxLength)
                {
                    // Most clients read the answer only when all is sent, hence the patience; but not without end.
                    break;
                }
            }

            ArrayPool<byte>.Shared.Return(block);
            ending.ThrowIfCancellationRequested();
            return length > maxLength ? null
                : length < request.ContentLength64 ? throw new EndOfStreamException($"The body broke off after {length} of {request.ContentLength64} bytes.")
                : body.ToArray();
        }
    }
}
