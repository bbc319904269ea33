using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Serving;

namespace Streamz.Dataflow;

/// <summary>Sources that take posted bodies at an address of their own.</summary>
public static class HttpSource
{
    extension(StreamSource)
    {
        /// <summary>Takes HTTP requests on a port of the loopback address, and emits the text of each body that is posted.</summary>
        /// <inheritdoc cref="FromHttp(IPEndPoint, string, int, int, Encoding?, Action{Uri}?, StreamOptions?)" path="/remarks|/returns"/>
        /// <param name="port">The port; 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
        /// <param name="path">The path at and below which requests are taken; others are answered with 404. The default is /, which is any.</param>
        /// <param name="maxLength">How many bytes a body may have; at least 1. The default is 1,048,576.</param>
        /// <param name="maxRequests">How many requests are served at once; at least 1. The default is 100.</param>
        /// <param name="encoding">The encoding. The default is UTF-8.</param>
        /// <param name="onListening">Called in each run, once requests are taken, with the address to post to.</param>
        /// <param name="options">The settings of the pipeline, if this source states them.</param>
        /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or does not begin with a slash.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
        public static Stream<string> FromHttp(
            int port,
            string path = ServerAddress.DefaultPath,
            int maxLength = ServerAddress.DefaultMaxLength,
            int maxRequests = ServerAddress.DefaultMaxAtOnce,
            Encoding? encoding = null,
            Action<Uri>? onListening = null,
            StreamOptions? options = null) =>
            StreamSource.FromHttp(ServerAddress.Loopback(port), path, maxLength, maxRequests, encoding, onListening, options);

        /// <summary>Takes HTTP requests, and emits the text of each body that is posted.</summary>
        /// <remarks>
        /// <b>Order:</b> kept for a client that awaits each answer; clients mix. <b>Buffering:</b> the body of each request that is served.
        /// <b>Back-pressure:</b> a request waits until the pipeline takes its element; more than <paramref name="maxRequests"/> at once are answered with 503. A
        /// client that goes takes its element back, unless it was accepted. <b>Completion:</b> ends when the pipeline stops. That closes the port; elements
        /// that were not accepted are answered with 503, and the pipeline is over when all requests are answered. <b>Faults:</b> a request is answered when
        /// the pipeline is done with its element: with 200 if it was delivered, 202 if a policy dropped it, 500 if a node failed on it, 503 if the
        /// pipeline stopped before it was through. Before that, another method is answered with 405, a body that is too long with 413, one that is not
        /// in the encoding with 400. A body that breaks off is no element, and told in the log. No answer tells what went wrong inside. A port that
        /// cannot be had stops the pipeline. Each run listens anew. An operator that holds elements, such as <c>Partition</c>, holds their answers: give it
        /// a timeout. Nobody is asked who they are, and nothing is encrypted; to do so, map an emitter in an app of your own.
        /// </remarks>
        /// <param name="endPoint">Where to listen; the port 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
        /// <param name="path">The path at and below which requests are taken; others are answered with 404. The default is /, which is any.</param>
        /// <param name="maxLength">How many bytes a body may have; at least 1. The default is 1,048,576.</param>
        /// <param name="maxRequests">How many requests are served at once; at least 1. The default is 100.</param>
        /// <param name="encoding">The encoding. The default is UTF-8.</param>
        /// <param name="onListening">Called in each run, once requests are taken, with the address to post to.</param>
        /// <param name="options">The settings of the pipeline, if this source states them.</param>
        /// <returns>The stream of bodies.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is null.</exception>
        /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or does not begin with a slash.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
        public static Stream<string> FromHttp(
            IPEndPoint endPoint,
            string path = ServerAddress.DefaultPath,
            int maxLength = ServerAddress.DefaultMaxLength,
            int maxRequests = ServerAddress.DefaultMaxAtOnce,
            Encoding? encoding = null,
            Action<Uri>? onListening = null,
            StreamOptions? options = null) =>
            Create("from_http", PostedBody.Text(encoding), endPoint, path, maxLength, maxRequests, onListening, options);

        /// <summary>Takes HTTP requests on a port of the loopback address, and emits the bytes of each body that is posted.</summary>
        /// <inheritdoc cref="FromHttp(IPEndPoint, string, int, int, Encoding?, Action{Uri}?, StreamOptions?)" path="/remarks|/returns"/>
        /// <param name="port">The port; 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
        /// <param name="path">The path at and below which requests are taken; others are answered with 404. The default is /, which is any.</param>
        /// <param name="maxLength">How many bytes a body may have; at least 1. The default is 1,048,576.</param>
        /// <param name="maxRequests">How many requests are served at once; at least 1. The default is 100.</param>
        /// <param name="onListening">Called in each run, once requests are taken, with the address to post to.</param>
        /// <param name="options">The settings of the pipeline, if this source states them.</param>
        /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or does not begin with a slash.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
        public static Stream<byte[]> FromHttpBytes(
            int port,
            string path = ServerAddress.DefaultPath,
            int maxLength = ServerAddress.DefaultMaxLength,
            int maxRequests = ServerAddress.DefaultMaxAtOnce,
            Action<Uri>? onListening = null,
            StreamOptions? options = null) =>
            StreamSource.FromHttpBytes(ServerAddress.Loopback(port), path, maxLength, maxRequests, onListening, options);

        /// <summary>Takes HTTP requests, and emits the bytes of each body that is posted.</summary>
        /// <inheritdoc cref="FromHttp(IPEndPoint, string, int, int, Encoding?, Action{Uri}?, StreamOptions?)" path="/remarks|/returns"/>
        /// <param name="endPoint">Where to listen; the port 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
        /// <param name="path">The path at and below which requests are taken; others are answered with 404. The default is /, which is any.</param>
        /// <param name="maxLength">How many bytes a body may have; at least 1. The default is 1,048,576.</param>
        /// <param name="maxRequests">How many requests are served at once; at least 1. The default is 100.</param>
        /// <param name="onListening">Called in each run, once requests are taken, with the address to post to.</param>
        /// <param name="options">The settings of the pipeline, if this source states them.</param>
        /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is null.</exception>
        /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or does not begin with a slash.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
        public static Stream<byte[]> FromHttpBytes(
            IPEndPoint endPoint,
            string path = ServerAddress.DefaultPath,
            int maxLength = ServerAddress.DefaultMaxLength,
            int maxRequests = ServerAddress.DefaultMaxAtOnce,
            Action<Uri>? onListening = null,
            StreamOptions? options = null) =>
            Create("from_http_bytes", PostedBody.Bytes, endPoint, path, maxLength, maxRequests, onListening, options);
    }

    private static Stream<T> Create<T>(
        string node,
        TryDecode<T> decode,
        IPEndPoint endPoint,
        string path,
        int maxLength,
        int maxRequests,
        Action<Uri>? onListening,
        StreamOptions? options)
    {
        var server = ServerAddress.Create(node, "http", endPoint, path);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRequests, 1);
        return new Stream<T>(new SourceNode<T>(node, () => new HttpStage<T>(server, maxRequests, maxLength, decode, onListening), options)
        {
            Details = server.ToString(),
        });
    }

    private sealed class HttpStage<T>(ServerAddress server, int maxRequests, int maxLength, TryDecode<T> decode, Action<Uri>? onListening)
        : ServerStage<T>(server, maxRequests, onListening)
    {
        protected override Task ServeAsync(HttpContext http)
        {
            if (HttpMethods.IsPost(http.Request.Method))
            {
                return PostedBody.ServeAsync(http, maxLength, decode, DeliverAsync, Ending);
            }

            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = HttpMethods.Post;
            return Task.CompletedTask;
        }

        private async Task<int> DeliverAsync(T value, CancellationToken gone) =>
            await OfferAsync(value, gone).ConfigureAwait(false) is { } delivered
                ? PostedBody.StatusOf(await delivered.ConfigureAwait(false))
                : StatusCodes.Status503ServiceUnavailable;
    }
}
