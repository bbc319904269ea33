using System.Net.WebSockets;
using System.Text;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Serving;

namespace Streamz.Dataflow;

/// <summary>The sink that sends messages over a web socket.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> that of the connection. <b>Back-pressure:</b> the element stays in its place until the connection has taken it, which
/// waits while the server does not read. <b>Completion:</b> when the input ends, the connection is closed with the code 1000, and the node ends once the
/// server has answered that, after reading all. <b>Faults:</b> it connects with the first element. A connection that is found broken or closed before an element
/// was sent is told in the log and made anew, once for an element. An element that cannot be sent fails, by the node's error policy; one whose sending
/// broke off is not sent again, since the server may have it. A connection that breaks before the server has answered the end is a failure
/// of the node. After a fault or an abort the connection is closed with the code 1001. An element is delivered when the connection has taken
/// it, which does not say that the server has read it. What the server sends is read and discarded.
/// </remarks>
public static class SinkToWebSocketOperator
{
    /// <summary>Sends each element as a text message.</summary>
    /// <param name="stream">The stream of messages; null is an empty one.</param>
    /// <param name="uri">The address of the server, which begins with ws or wss.</param>
    /// <param name="configure">Sets headers, credentials, certificates, keep-alive; called for each connection. The default is null: nothing.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="uri"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="uri"/> is not the address of a web socket.</exception>
    public static StreamSink SinkToWebSocket(this Stream<string> stream, Uri uri, Action<ClientWebSocketOptions>? configure = null, NodeOptions? options = null) =>
        Create(stream, uri, configure, WebSocketMessageType.Text, static text => Encoding.UTF8.GetBytes(text ?? ""), options);

    /// <summary>Sends each element as a binary message.</summary>
    /// <param name="stream">The stream of messages; null is an empty one.</param>
    /// <param name="uri">The address of the server, which begins with ws or wss.</param>
    /// <param name="configure">Sets headers, credentials, certificates, keep-alive; called for each connection. The default is null: nothing.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="uri"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="uri"/> is not the address of a web socket.</exception>
    public static StreamSink SinkToWebSocket(this Stream<byte[]> stream, Uri uri, Action<ClientWebSocketOptions>? configure = null, NodeOptions? options = null) =>
        Create(stream, uri, configure, WebSocketMessageType.Binary, static bytes => bytes, options);

    private static StreamSink Create<T>(
        Stream<T> stream,
        Uri uri,
        Action<ClientWebSocketOptions>? configure,
        WebSocketMessageType type,
        Func<T, byte[]> encode,
        NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(uri);
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeWs && uri.Scheme != Uri.UriSchemeWss) || uri.Fragment.Length > 0)
        {
            throw new ArgumentException($"sink_to_web_socket cannot connect to '{uri}'. Give an address such as ws://localhost:8080/ or wss://example.org/feed.", nameof(uri));
        }

        return stream.Then(
            new SinkNode<T>("sink_to_web_socket", () => new WebSocketSinkStage<T>(uri, configure, type, encode)) { Details = uri.GetLeftPart(UriPartial.Path), MayWait = true },
            options);
    }
}
