using System.Net.WebSockets;
using System.Text;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The sink that sends messages over a web socket.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> that of the connection. <b>Back-pressure:</b> the element stays in its place until the connection has taken it, which
/// waits while the server does not read. <b>Completion:</b> when the input ends, the connection is closed with the code 1000, and the node ends once the
/// server has answered that, after reading all. <b>Faults:</b> a connection that cannot be made, that breaks, or that the server has closed fails the element
/// that meets it, by the node's error policy; the next element connects anew, and nothing is sent again unless the policy retries. One that breaks before the
/// server has answered the end is a failure of the node. After a fault or an abort the connection is closed with the code 1001. It connects with the
/// first element. An element is delivered when the connection has taken it, which does not say that the server has read it. What the server
/// sends is read and discarded.
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
            new SinkNode<T>("sink_to_web_socket", () => new WebSocketStage<T>(uri, configure, type, encode)) { Details = uri.GetLeftPart(UriPartial.Path), MayWait = true },
            options);
    }

    private sealed class WebSocketStage<T>(Uri uri, Action<ClientWebSocketOptions>? configure, WebSocketMessageType type, Func<T, byte[]> encode)
        : SinkStage<T>, IAsyncDisposable
    {
        private ClientWebSocket? _socket;
        private Task _listening = Task.CompletedTask;

        public override async ValueTask OnElementAsync(Element<T> element)
        {
            try
            {
                await Context.AwaitAsync(SendAsync(encode(element.Value))).ConfigureAwait(true);
            }
            catch (Exception)
            {
                // The next element connects anew.
                await Context.AwaitAsync(DropAsync()).ConfigureAwait(true);
                throw;
            }
        }

        public override ValueTask OnFlushAsync() => _socket is null ? default : Context.AwaitAsync(EndAsync(_socket));

        public ValueTask DisposeAsync() => _socket is null ? default : Context.AwaitAsync(LeaveAsync(_socket));

        private async ValueTask SendAsync(byte[]? message)
        {
            var socket = _socket ??= await ConnectAsync().ConfigureAwait(false);
            if (_listening.IsCompleted)
            {
                // What a broken connection takes is lost without a word.
                throw await EndedAsync(socket).ConfigureAwait(false);
            }

            try
            {
                await socket.SendAsync(new ReadOnlyMemory<byte>(message), type, endOfMessage: true, Context.Aborted).ConfigureAwait(false);
            }
            catch (WebSocketException) when (socket.CloseStatus is not null)
            {
                throw await EndedAsync(socket).ConfigureAwait(false);
            }
        }

        private async Task<ClientWebSocket> ConnectAsync()
        {
            var socket = new ClientWebSocket();
            try
            {
                configure?.Invoke(socket.Options);
                await socket.ConnectAsync(uri, Context.Aborted).ConfigureAwait(false);
            }
            catch (Exception)
            {
                socket.Dispose();
                throw;
            }

            _listening = Task.Run(() => ListenAsync(socket));
            return socket;
        }

        /// <summary>Reads what the server sends, which is how its end is seen.</summary>
        private static async Task ListenAsync(ClientWebSocket socket)
        {
            var block = new byte[1 << 10];
            while ((await socket.ReceiveAsync(block.AsMemory(), CancellationToken.None).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
            {
            }

            if (socket.State == WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
            }
        }

        /// <summary>Ends in good order: the server answers when it has read all.</summary>
        private async ValueTask EndAsync(ClientWebSocket socket)
        {
            if (_listening.IsCompleted)
            {
                throw await EndedAsync(socket).ConfigureAwait(false);
            }

            try
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Context.Aborted).ConfigureAwait(false);
                await _listening.WaitAsync(Context.Aborted).ConfigureAwait(false);
            }
            catch (WebSocketException) when (socket.CloseStatus is not null)
            {
                throw await EndedAsync(socket).ConfigureAwait(false);
            }

            if (socket.CloseStatus is not (WebSocketCloseStatus.NormalClosure or WebSocketCloseStatus.Empty))
            {
                throw await EndedAsync(socket).ConfigureAwait(false);
            }
        }

        /// <summary>Tells the server that no more comes, and does not wait for what it says.</summary>
        private async ValueTask LeaveAsync(ClientWebSocket socket)
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), Context.TimeProvider);
                var leaving = socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "The sender stops.", patience.Token);
                await leaving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await DropAsync().ConfigureAwait(false);
        }

        private async ValueTask DropAsync()
        {
            if (_socket is { } socket)
            {
                _socket = null;
                socket.Dispose();
                await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        /// <summary>Why nothing can be sent any more.</summary>
        private async Task<WebSocketException> EndedAsync(ClientWebSocket socket)
        {
            await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var code = socket.CloseStatus is { } status ? $" with the code {(int)status}" : "";
            var why = string.IsNullOrEmpty(socket.CloseStatusDescription) ? "" : $": {socket.CloseStatusDescription}";
            return new WebSocketException(
                WebSocketError.ConnectionClosedPrematurely,
                socket.CloseStatus is null ? $"The connection to {uri} broke." : $"{uri} closed the connection{code}{why}",
                _listening.Exception?.InnerException);
        }
    }
}
