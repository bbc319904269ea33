using System.Buffers;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Streamz.Dataflow.Serving;

/// <summary>Serves web sockets: each message is an element.</summary>
internal sealed class WebSocketStage<T>(ServerAddress server, int maxConnections, int maxLength, Func<byte[], T> decode, bool takesBinary, Action<Uri>? onListening)
    : ServerStage<T>(server, maxConnections, onListening)
{
    private const int BlockSize = 1 << 12;

    protected override async Task ServeAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "websocket";
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        var reading = ReadAllAsync(socket, http.RequestAborted);
        await reading.WaitAsync(Ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!reading.IsCompleted)
        {
            // Cancelling what reads would break the connection before the client is told.
            await CloseAsync(socket, WebSocketCloseStatus.EndpointUnavailable, "The receiver stops.").ConfigureAwait(false);
            await reading.WaitAsync(Patience, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            http.Abort();
        }

        if (reading.Exception?.InnerException is WebSocketException)
        {
            // A client that sent what is no text was told so. Whatever closes the connection too early might take that back.
            await Task.Delay(Patience, TimeProvider.System, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await reading.ConfigureAwait(false);
    }

    /// <summary>Sends the end. A client that does not even take that in is left.</summary>
    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string? why)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            await socket.CloseOutputAsync(status, why, patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The connection is broken, which ends it as well.
        }
    }

    /// <summary>Reads messages until the client closes the connection, or sends one that is not taken.</summary>
    private async Task ReadAllAsync(WebSocket socket, CancellationToken gone)
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

            if (Ending.IsCancellationRequested)
            {
                // Read on, but only to hear the client's answer to the end.
                continue;
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
                await OfferAsync(decode(message.WrittenSpan.ToArray()), gone).ConfigureAwait(false);
                message.ResetWrittenCount();
            }
        }
    }

    /// <summary>Tells the client why, and waits for its answer, but neither for long nor for more than one message.</summary>
    private async Task RefuseAsync(WebSocket socket, byte[] block, WebSocketCloseStatus status, string why)
    {
        await CloseAsync(socket, status, why).ConfigureAwait(false);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
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
}
