using System.Net.WebSockets;
using System.Text;

namespace Streamz.Dataflow.Tests.Sources;

internal sealed class FromWebSocketLaws : HttpServerStageLaws<string>
{
    protected override IReadOnlyList<string> Items => Texts;

    protected override Stream<string> Build(int port, Action<Uri>? onListening, StreamOptions options) =>
        StreamSource.FromWebSocket(port, onListening: onListening, options: options);

    protected override Task GiveAsync(Uri address, CancellationToken cancellation) =>
        SendAllAsync(address, Texts, WebSocketMessageType.Text, cancellation);

    internal static async Task SendAllAsync(Uri address, IEnumerable<string> messages, WebSocketMessageType type, CancellationToken cancellation)
    {
        using var client = new ClientWebSocket();
        await client.ConnectAsync(address, cancellation);
        foreach (var message in messages)
        {
            await client.SendAsync(Encoding.UTF8.GetBytes(message), type, endOfMessage: true, cancellation);
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellation);
    }
}

internal sealed class FromWebSocketBytesLaws : HttpServerStageLaws<byte[]>
{
    protected override IReadOnlyList<byte[]> Items => [.. Texts.Select(Encoding.UTF8.GetBytes)];

    protected override Stream<byte[]> Build(int port, Action<Uri>? onListening, StreamOptions options) =>
        StreamSource.FromWebSocketBytes(port, onListening: onListening, options: options);

    protected override Task GiveAsync(Uri address, CancellationToken cancellation) =>
        FromWebSocketLaws.SendAllAsync(address, Texts, WebSocketMessageType.Binary, cancellation);
}
