using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Streamz.Dataflow.Tests.AspNetCore;

/// <summary>A web socket server without a pipeline, which keeps what it is sent.</summary>
internal sealed class WebSocketReceiver : IAsyncDisposable
{
    private readonly Func<string, Task<WebSocketCloseStatus?>> _onMessage;
    private readonly ConcurrentQueue<string> _messages = [];
    private TestApp? _app;
    private int _connections;

    private WebSocketReceiver(Func<string, Task<WebSocketCloseStatus?>> onMessage) => _onMessage = onMessage;

    public Uri Uri => new UriBuilder(_app!.Address) { Scheme = "ws" }.Uri;

    public IReadOnlyCollection<string> Messages => _messages;

    /// <summary>How each connection was ended by the client; null if it broke.</summary>
    public ConcurrentQueue<WebSocketCloseStatus?> Ends { get; } = [];

    public ConcurrentQueue<WebSocketMessageType> Types { get; } = [];

    public ConcurrentQueue<string?> Tokens { get; } = [];

    /// <summary>Whether new connections are refused.</summary>
    public bool Refuses { get; set; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Starts it.</summary>
    /// <param name="onMessage">Called with each message before the next is read; a code closes the connection.</param>
    public static async Task<WebSocketReceiver> StartAsync(Func<string, Task<WebSocketCloseStatus?>>? onMessage = null)
    {
        var receiver = new WebSocketReceiver(onMessage ?? (_ => Task.FromResult<WebSocketCloseStatus?>(null)));
        receiver._app = await TestApp.StartAsync(app =>
        {
            app.UseWebSockets();
            app.Run(receiver.ServeAsync);
        });
        return receiver;
    }

    /// <summary>Completes when all connections have ended.</summary>
    public async Task WhenLeftAsync()
    {
        while (Ends.Count < Connections)
        {
            await Task.Yield();
        }
    }

    public ValueTask DisposeAsync() => _app!.DisposeAsync();

    private async Task ServeAsync(HttpContext http)
    {
        if (Refuses)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        Interlocked.Increment(ref _connections);
        Tokens.Enqueue(http.Request.Headers["X-Token"].SingleOrDefault());
        WebSocketCloseStatus? end = null;
        try
        {
            end = await ReadAsync(await http.WebSockets.AcceptWebSocketAsync());
        }
        catch (Exception)
        {
            // It broke.
        }

        Ends.Enqueue(end);
    }

    private async Task<WebSocketCloseStatus?> ReadAsync(WebSocket socket)
    {
        var block = new byte[1 << 16];
        while (true)
        {
            var part = await socket.ReceiveAsync(block.AsMemory(), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return socket.CloseStatus;
            }

            var message = Encoding.UTF8.GetString(block, 0, part.Count);
            Types.Enqueue(part.MessageType);
            _messages.Enqueue(message);
            if (await _onMessage(message) is { } refusal)
            {
                await socket.CloseAsync(refusal, $"no {message}", CancellationToken.None);
                return null;
            }
        }
    }
}
