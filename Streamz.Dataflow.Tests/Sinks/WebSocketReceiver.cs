using System.Collections;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Streamz.Dataflow.Tests.Sinks;

/// <summary>A web socket server without a pipeline, which keeps what it is sent.</summary>
internal sealed class WebSocketReceiver : IReadOnlyList<string>, IDisposable
{
    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<string> _messages = [];
    private readonly Task _serving;
    private int _connections;

    public WebSocketReceiver()
    {
        _listener = Listen(out var uri);
        Uri = uri;
        _serving = Task.Run(ServeAsync);
    }

    public Uri Uri { get; }

    /// <summary>Called with each message before the next is read; a code closes the connection.</summary>
    public Func<string, Task<WebSocketCloseStatus?>> OnMessage { get; init; } = _ => Task.FromResult<WebSocketCloseStatus?>(null);

    /// <summary>How each connection was ended by the client; null if it broke.</summary>
    public ConcurrentQueue<WebSocketCloseStatus?> Ends { get; } = [];

    public ConcurrentQueue<WebSocketMessageType> Types { get; } = [];

    public ConcurrentQueue<string?> Tokens { get; } = [];

    public int Connections => Volatile.Read(ref _connections);

    public int Count => _messages.Count;

    public string this[int index] => _messages.ElementAt(index);

    public IEnumerator<string> GetEnumerator() => _messages.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Completes when all connections have ended.</summary>
    public async Task WhenLeftAsync()
    {
        while (Ends.Count < Connections)
        {
            await Task.Yield();
        }
    }

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait();
    }

    private static HttpListener Listen(out Uri uri)
    {
        while (true)
        {
            var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var address = probe.LocalEndpoint.ToString();
            probe.Dispose();
            var listener = new HttpListener { Prefixes = { $"http://{address}/" } };
            try
            {
                listener.Start();
                uri = new Uri($"ws://{address}/");
                return listener;
            }
            catch (HttpListenerException)
            {
                // Somebody else has taken the port meanwhile.
            }
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.GetContextAsync();
                Interlocked.Increment(ref _connections);
                Tokens.Enqueue(client.Request.Headers["X-Token"]);
                _ = Task.Run(() => ReadAsync(client));
            }
        }
        catch (Exception failure) when (failure is HttpListenerException or InvalidOperationException)
        {
            // Closed.
        }
    }

    private async Task ReadAsync(HttpListenerContext client)
    {
        WebSocketCloseStatus? end = null;
        try
        {
            var socket = (await client.AcceptWebSocketAsync(null)).WebSocket;
            var block = new byte[1 << 16];
            while (true)
            {
                var part = await socket.ReceiveAsync(block.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    end = socket.CloseStatus;
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    break;
                }

                var message = Encoding.UTF8.GetString(block, 0, part.Count);
                Types.Enqueue(part.MessageType);
                _messages.Enqueue(message);
                if (await OnMessage(message) is { } refusal)
                {
                    await socket.CloseAsync(refusal, $"no {message}", CancellationToken.None);
                    break;
                }
            }
        }
        catch (Exception)
        {
            // It broke.
        }

        client.Response.Abort();
        Ends.Enqueue(end);
    }
}
