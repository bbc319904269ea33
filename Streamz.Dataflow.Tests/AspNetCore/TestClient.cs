using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Streamz.Dataflow.Tests.AspNetCore;

/// <summary>Clients of the loopback address, which no proxy may be between.</summary>
internal static class TestClient
{
    public static HttpClient Create() => new(new SocketsHttpHandler { UseProxy = false });

    public static async Task<HttpStatusCode> PostAsync(this HttpClient client, Uri address, string body, CancellationToken cancellation = default)
    {
        using var content = new StringContent(body);
        using var answer = await client.PostAsync(address, content, cancellation).Soon();
        return answer.StatusCode;
    }

    /// <summary>Begins a request to post something, and writes it as it stands.</summary>
    public static async Task<TcpClient> BeginPostAsync(Uri address, string rest)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port).Soon();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {address.AbsolutePath} HTTP/1.1\r\nHost: {address.Authority}\r\n{rest}"));
        return client;
    }

    public static async Task<string?> ReadLineAsync(this TcpClient client)
    {
        var line = new StringBuilder();
        var next = new byte[1];
        while (await client.GetStream().ReadAsync(next).AsTask().Soon() == 1 && next[0] != '\n')
        {
            line.Append((char)next[0]);
        }

        return line.ToString().TrimEnd('\r');
    }

    public static async Task<ClientWebSocket> ConnectAsync(Uri address, CancellationToken cancellation = default)
    {
        var client = new ClientWebSocket();
        client.Options.Proxy = null;
        try
        {
            await client.ConnectAsync(address, cancellation).Soon();
        }
        catch (Exception)
        {
            client.Dispose();
            throw;
        }

        return client;
    }

    public static Task SendAsync(this ClientWebSocket client, string text, WebSocketMessageType type = WebSocketMessageType.Text, CancellationToken cancellation = default) =>
        client.SendAsync(Encoding.UTF8.GetBytes(text), type, endOfMessage: true, cancellation);

    public static async Task<bool> IsRefusedAsync(Uri address)
    {
        using var late = new TcpClient();
        try
        {
            await late.ConnectAsync(address.Host, address.Port).Soon();
            return false;
        }
        catch (SocketException refusal)
        {
            return refusal.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }
}
