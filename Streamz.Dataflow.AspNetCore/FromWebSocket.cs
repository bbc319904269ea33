using System.Net;
using System.Net.WebSockets;
using System.Text;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Serving;

namespace Streamz.Dataflow;

/// <summary>Sources that take messages of web sockets at an address of their own.</summary>
public static class WebSocketSource
{
    extension(StreamSource)
    {
        /// <summary>Takes web sockets on a port of the loopback address, and emits the text messages that clients send.</summary>
        /// <inheritdoc cref="FromWebSocket(IPEndPoint, string, int, int, Action{Uri}?, StreamOptions?)" path="/remarks|/returns"/>
        /// <param name="port">The port; 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
        /// <param name="path">The path at and below which clients connect; others are answered with 404. The default is /, which is any.</param>
        /// <param name="maxLength">How many bytes a message may have; at least 1. The default is 1,048,576.</param>
        /// <param name="maxConnections">How many connections are open at once; at least 1. The default is 100.</param>
        /// <param name="onListening">Called in each run, once connections are accepted, with the address to connect to.</param>
        /// <param name="options">The settings of the pipeline, if this source states them.</param>
        /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or does not begin with a slash.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
        public static Stream<string> FromWebSocket(
            int port,
            string path = ServerAddress.DefaultPath,
            int maxLength = ServerAddress.DefaultMaxLength,
            int maxConnections = ServerAddress.DefaultMaxAtOnce,
            Action<Uri>? onListening = null,
            StreamOptions? options = null) =>
            StreamSource.FromWebSocket(ServerAddress.Loopback(port), path, maxLength, maxConnections, onListening, options);

        /// <summary>Takes web sockets, and emits the text messages that clients send.</summary>
        /// <remarks>
        /// <b>Order:</b> kept within a connection; connections mix. <b>Buffering:</b> the message being read for each connection. <b>Back-pressure:</b> a connection
        /// is read again once the pipeline has taken the message before, so that clients come to wait. <b>Completion:</b> ends when the pipeline stops, which
        /// closes the port, and the connections with the code 1001; what was sent and not taken is lost. The pipeline is over when clients have answered the
        /// end, or after a second. <b>Faults:</b> a message that is too long closes its connection with the code 1009, a binary one where text is
        /// wanted with 1003, and a text that is no UTF-8 with 1007; that, and a connection that breaks, is told in the log, and the others go on.
        /// A port that cannot be had stops the pipeline. Each run listens anew. Requests that open no web socket are answered with 426, and
        /// more than <paramref name="maxConnections"/> with 503. Nobody is asked who they are, and nothing is encrypted: put a proxy in front before you listen to other machines.
        /// </remarks>
        /// <param name="endPoint">Where to listen; the port 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
        /// <param name="path">The path at and below which clients connect; others are answered with 404. The default is /, which is any.</param>
        /// <param name="maxLength">How many bytes a message may have; at least 1. The default is 1,048,576.</param>
        /// <param name="maxConnections">How many connections are open at once; at least 1. The default is 100.</param>
        /// <param name="onListening">Called in each run, once connections are accepted, with the address to connect to.</param>
        /// <param name="options">The settings of the pipeline, if this source states them.</param>
        /// <returns>The stream of messages.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is null.</exception>
        /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or does not begin with a slash.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
        public static Stream<string> FromWebSocket(
            IPEndPoint endPoint,
            string path = ServerAddress.DefaultPath,
            int maxLength = ServerAddress.DefaultMaxLength,
            int maxConnections = ServerAddress.DefaultMaxAtOnce,
            Action<Uri>? onListening = null,
            StreamOptions? options = null) =>
            Create("from_web_socket", Encoding.UTF8.GetString, takesBinary: false, endPoint, path, maxLength, maxConnections, onListening, options);

        /// <summary>Takes web sockets on a port of the loopback address, and emits the bytes of the messages, binary or text, that clients send.</summary>
        /// <inheritdoc cref="FromWebSocket(IPEndPoint, string, int, int, Action{Uri}?, StreamOptions?)" path="/remarks|/returns"/>
        /// <param name="port">The port; 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
        /// <param name="path">The path at and below which clients connect; others are answered with 404. The default is /, which is any.</param>
        /// <param name="maxLength">How many bytes a message may have; at least 1. The default is 1,048,576.</param>
        /// <param name="maxConnections">How many connections are open at once; at least 1. The default is 100.</param>
        /// <param name="onListening">Called in each run, once connections are accepted, with the address to connect to.</param>
        /// <param name="options">The settings of the pipeline, if this source states them.</param>
        /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or does not begin with a slash.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
        public static Stream<byte[]> FromWebSocketBytes(
            int port,
            string path = ServerAddress.DefaultPath,
            int maxLength = ServerAddress.DefaultMaxLength,
            int maxConnections = ServerAddress.DefaultMaxAtOnce,
            Action<Uri>? onListening = null,
            StreamOptions? options = null) =>
            StreamSource.FromWebSocketBytes(ServerAddress.Loopback(port), path, maxLength, maxConnections, onListening, options);

        /// <summary>Takes web sockets, and emits the bytes of the messages, binary or text, that clients send.</summary>
        /// <inheritdoc cref="FromWebSocket(IPEndPoint, string, int, int, Action{Uri}?, StreamOptions?)" path="/remarks|/returns"/>
        /// <param name="endPoint">Where to listen; the port 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
        /// <param name="path">The path at and below which clients connect; others are answered with 404. The default is /, which is any.</param>
        /// <param name="maxLength">How many bytes a message may have; at least 1. The default is 1,048,576.</param>
        /// <param name="maxConnections">How many connections are open at once; at least 1. The default is 100.</param>
        /// <param name="onListening">Called in each run, once connections are accepted, with the address to connect to.</param>
        /// <param name="options">The settings of the pipeline, if this source states them.</param>
        /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is null.</exception>
        /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or does not begin with a slash.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
        public static Stream<byte[]> FromWebSocketBytes(
            IPEndPoint endPoint,
            string path = ServerAddress.DefaultPath,
            int maxLength = ServerAddress.DefaultMaxLength,
            int maxConnections = ServerAddress.DefaultMaxAtOnce,
            Action<Uri>? onListening = null,
            StreamOptions? options = null) =>
            Create("from_web_socket_bytes", static message => message, takesBinary: true, endPoint, path, maxLength, maxConnections, onListening, options);
    }

    private static Stream<T> Create<T>(
        string node,
        Func<byte[], T> decode,
        bool takesBinary,
        IPEndPoint endPoint,
        string path,
        int maxLength,
        int maxConnections,
        Action<Uri>? onListening,
        StreamOptions? options)
    {
        var server = ServerAddress.Create(node, "ws", endPoint, path);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConnections, 1);
        return new Stream<T>(new SourceNode<T>(node, () => new WebSocketStage<T>(server, maxConnections, maxLength, decode, takesBinary, onListening), options)
        {
            Details = server.ToString(),
        });
    }
}
