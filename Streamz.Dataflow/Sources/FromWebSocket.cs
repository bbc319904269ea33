using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

public static partial class StreamSource
{
    /// <summary>Listens for web sockets, and emits the text messages that clients send.</summary>
    /// <remarks>
    /// <b>Order:</b> kept within a connection; connections mix. <b>Buffering:</b> the message being read for each connection. <b>Back-pressure:</b> a connection
    /// is read again once the pipeline has taken the message before, so that clients come to wait. <b>Completion:</b> ends when the pipeline stops, which
    /// closes the port, and the connections with the code 1001; what was sent and not taken is lost. <b>Faults:</b> a message that is too long closes its
    /// connection with the code 1009, a binary one with 1003, and one that is no UTF-8 with 1007; that, and a connection that breaks, is told in the log, and the
    /// others go on. A port that cannot be listened on stops the pipeline. Each run listens anew. Requests that open no web socket are answered with
    /// 426. Nobody is asked who they are, and nothing is encrypted: put a proxy in front before you listen to other machines.
    /// </remarks>
    /// <param name="port">The port; 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
    /// <param name="path">The path below which clients connect, of which others are answered with 404. The default is /, which is any.</param>
    /// <param name="host">The name or address of this machine that clients use; + for every one. The default is localhost, which other machines cannot reach.</param>
    /// <param name="maxLength">How many bytes a message may have; at least 1. The default is 1,048,576.</param>
    /// <param name="maxConnections">How many connections are open at once; others wait; at least 1. The default is 100.</param>
    /// <param name="onListening">Called in each run, once connections are accepted, with the address to connect to.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of messages.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> or <paramref name="host"/> is null, empty or of the wrong form.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Stream<string> FromWebSocket(
        int port,
        string path = HttpServer.DefaultPath,
        string host = HttpServer.DefaultHost,
        int maxLength = HttpServer.DefaultMaxLength,
        int maxConnections = HttpServer.DefaultMaxAtOnce,
        Action<Uri>? onListening = null,
        StreamOptions? options = null) =>
        FromWebSocket("from_web_socket", Encoding.UTF8.GetString, takesBinary: false, port, path, host, maxLength, maxConnections, onListening, options);

    /// <summary>Listens for web sockets, and emits the bytes of the messages that clients send.</summary>
    /// <remarks>
    /// As <see cref="FromWebSocket(int, string, string, int, int, Action{Uri}?, StreamOptions?)"/>, for messages that are no text; a text message is
    /// taken as well, as the bytes of its UTF-8.
    /// </remarks>
    /// <param name="port">The port; 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
    /// <param name="path">The path below which clients connect, of which others are answered with 404. The default is /, which is any.</param>
    /// <param name="host">The name or address of this machine that clients use; + for every one. The default is localhost, which other machines cannot reach.</param>
    /// <param name="maxLength">How many bytes a message may have; at least 1. The default is 1,048,576.</param>
    /// <param name="maxConnections">How many connections are open at once; others wait; at least 1. The default is 100.</param>
    /// <param name="onListening">Called in each run, once connections are accepted, with the address to connect to.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of messages.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> or <paramref name="host"/> is null, empty or of the wrong form.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Stream<byte[]> FromWebSocketBytes(
        int port,
        string path = HttpServer.DefaultPath,
        string host = HttpServer.DefaultHost,
        int maxLength = HttpServer.DefaultMaxLength,
        int maxConnections = HttpServer.DefaultMaxAtOnce,
        Action<Uri>? onListening = null,
        StreamOptions? options = null) =>
        FromWebSocket("from_web_socket_bytes", static bytes => bytes, takesBinary: true, port, path, host, maxLength, maxConnections, onListening, options);

    private static Stream<T> FromWebSocket<T>(
        string name,
        Func<byte[], T> decode,
        bool takesBinary,
        int port,
        string path,
        string host,
        int maxLength,
        int maxConnections,
        Action<Uri>? onListening,
        StreamOptions? options)
    {
        var server = HttpServer.Create(name, "ws", host, port, path);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConnections, 1);
        return new Stream<T>(new SourceNode<T>(name, () => new WebSocketStage<T>(server, maxConnections, maxLength, decode, takesBinary, onListening), options)
        {
            Details = server.ToString(),
        });
    }

    private sealed class WebSocketStage<T>(HttpServer server, int maxConnections, int maxLength, Func<byte[], T> decode, bool takesBinary, Action<Uri>? onListening)
        : HttpServerStage<T>(server, maxConnections, onListening)
    {
        private const int BlockSize = 1 << 12;

        private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

        protected override async Task ServeAsync(HttpListenerContext client, CancellationToken ending)
        {
            if (!client.Request.IsWebSocketRequest)
            {
                client.Response.StatusCode = (int)HttpStatusCode.UpgradeRequired;
                client.Response.AddHeader("Upgrade", "websocket");
                return;
            }

            using var socket = (await client.AcceptWebSocketAsync(subProtocol: null).ConfigureAwait(false)).WebSocket;
            try
            {
                await ServeAsync(client, socket, ending).ConfigureAwait(false);
            }
            finally
            {
                // The socket does not own its connection.
                Cut(client);
            }
        }

        private async Task ServeAsync(HttpListenerContext client, WebSocket socket, CancellationToken ending)
        {
            var reading = ReadAllAsync(socket, ending);
            await reading.WaitAsync(ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ending.IsCancellationRequested)
            {
                // Cancelling what reads would break the connection before the client is told.
                await CloseAsync(socket, WebSocketCloseStatus.EndpointUnavailable, "The receiver stops.").ConfigureAwait(false);
                Cut(client);
            }

            await reading.ConfigureAwait(false);
        }

        /// <summary>Reads messages until the client closes the connection, or sends one that is not taken.</summary>
        private async Task ReadAllAsync(WebSocket socket, CancellationToken ending)
        {
            var block = new byte[BlockSize];
            var message = new ArrayBufferWriter<byte>();
            while (true)
            {
                var part = await socket.ReceiveAsync(block.AsMemory(), CancellationToken.None).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await CloseAsync(socket, WebSocketCloseStatus.NormalClosure, null).ConfigureAwait(false);
                    return;
                }

                if (part.MessageType == WebSocketMessageType.Binary && !takesBinary)
                {
                    await RefuseAsync(socket, block, WebSocketCloseStatus.InvalidMessageType, "A message was binary, but must be text.").ConfigureAwait(false);
                }

                if (part.Count > maxLength - message.WrittenCount)
                {
                    await RefuseAsync(socket, block, WebSocketCloseStatus.MessageTooBig, $"A message was longer than {maxLength} bytes.").ConfigureAwait(false);
                }

                message.Write(block.AsSpan(0, part.Count));
                if (part.EndOfMessage)
                {
                    await OfferAsync(decode(message.WrittenSpan.ToArray()), ending).ConfigureAwait(false);
                    message.ResetWrittenCount();
                }
            }
        }

        /// <summary>Tells the client why, and waits for its answer, but neither for long nor for more than one message.</summary>
        private async Task RefuseAsync(WebSocket socket, byte[] block, WebSocketCloseStatus status, string why)
        {
            await CloseAsync(socket, status, why).ConfigureAwait(false);
            using var patience = new CancellationTokenSource(s_patience, TimeProvider);
            try
            {
                // Closing a connection with something unread resets it, and the client might never see the reason.
                for (long read = 0; read <= maxLength;)
                {
                    var part = await socket.ReceiveAsync(block.AsMemory(), patience.Token).ConfigureAwait(false);
                    read = part.MessageType == WebSocketMessageType.Close ? long.MaxValue : read + Math.Max(part.Count, 1);
                }
            }
            catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
            {
                // It did not wait for the reason.
            }

            throw new InvalidDataException(why);
        }

        /// <summary>Sends the end. A client that does not even take that in is left.</summary>
        private async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string? why)
        {
            using var patience = new CancellationTokenSource(s_patience, TimeProvider);
            try
            {
                await socket.CloseOutputAsync(status, why, patience.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The connection is broken, which ends it as well.
            }
        }
    }
}
