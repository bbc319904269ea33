using System.Net.WebSockets;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Serving;

/// <summary>Sends each element as a message, over one connection at a time.</summary>
internal sealed class WebSocketSinkStage<T>(Uri uri, Action<ClientWebSocketOptions>? configure, WebSocketMessageType type, Func<T, byte[]> encode)
    : SinkStage<T>, IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

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
        if (_socket is { } open)
        {
            if (await TrySendAsync(open, message).ConfigureAwait(false))
            {
                return;
            }

            AspNetCoreLog.ConnectionLost(Context.Logger, await EndedAsync(open).ConfigureAwait(false), Context.NodeName);
            await DropAsync().ConfigureAwait(false);
        }

        _socket = await ConnectAsync().ConfigureAwait(false);
        if (!await TrySendAsync(_socket, message).ConfigureAwait(false))
        {
            throw await EndedAsync(_socket).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a message; false if the connection had ended before anything was sent.</summary>
    private async Task<bool> TrySendAsync(ClientWebSocket socket, byte[]? message)
    {
        if (_listening.IsCompleted || socket.State != WebSocketState.Open)
        {
            // What a broken connection takes, or one that the server has closed, is lost without a word.
            return false;
        }

        try
        {
            await socket.SendAsync(new ReadOnlyMemory<byte>(message), type, endOfMessage: true, Context.Aborted).ConfigureAwait(false);
            return true;
        }
        catch (WebSocketException failure) when (failure.WebSocketErrorCode == WebSocketError.InvalidState)
        {
            return false;
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
        try
        {
            if (socket.State == WebSocketState.Open)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Context.Aborted).ConfigureAwait(false);
            }

            await _listening.WaitAsync(Context.Aborted).ConfigureAwait(false);
        }
        catch (WebSocketException)
        {
            // How the connection has ended says whether the server has read all.
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
            using var patience = new CancellationTokenSource(s_patience, TimeProvider.System);
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
