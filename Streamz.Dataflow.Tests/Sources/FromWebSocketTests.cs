using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(30_000)]
internal sealed class FromWebSocketTests : IDisposable
{
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CapturedLog _log = new(eventOfInterest: 7);

    public void Dispose() => _log.Dispose();

    [Test]
    public async Task FromWebSocket_MessageInParts_IsOneElement()
    {
        var source = Listen();
        var messages = source.SinkToList();
        var pipeline = source.Start();
        using var client = await ConnectAsync();

        await client.SendAsync("gr"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, default);
        await SendAsync(client, "öße");
        await SendAsync(client, "");
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(messages, Is.EqualTo(new[] { "größe", "" }));
        Assert.That(client.CloseStatus, Is.EqualTo(WebSocketCloseStatus.NormalClosure));
    }

    [TestCase("123456789", WebSocketMessageType.Text, WebSocketCloseStatus.MessageTooBig)]
    [TestCase("1", WebSocketMessageType.Binary, WebSocketCloseStatus.InvalidMessageType)]
    [TestCase("\u00ff", WebSocketMessageType.Text, WebSocketCloseStatus.InvalidPayloadData)]
    public async Task FromWebSocket_BadMessage_ClosesThatConnectionOnlyAndSaysSo(string latin1, WebSocketMessageType type, WebSocketCloseStatus expected)
    {
        var source = Listen(maxLength: 8).Named("orders");
        var messages = source.SinkToList();
        var pipeline = source.Start();
        using var good = await ConnectAsync();
        using var bad = await ConnectAsync();

        await SendAsync(bad, "12345678");
        await bad.SendAsync(Encoding.Latin1.GetBytes(latin1), type, endOfMessage: true, default);
        var end = await bad.ReceiveAsync(new byte[1], default).Soon();
        if (bad.State == WebSocketState.CloseReceived)
        {
            await bad.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
        }

        await _log.First.Soon();
        await SendAsync(good, "a");
        await good.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(end.CloseStatus, Is.EqualTo(expected));
        Assert.That(messages, Is.EqualTo(new[] { "12345678", "a" }));
        Assert.That(_log.Entries.Single().Text, Does.StartWith("A connection of 'orders' from 127.0.0.1:"));
    }

    [Test]
    public async Task FromWebSocket_FullPipeline_IsNotReadFurther()
    {
        const int Count = 400;
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pipeline = Listen(maxLength: 100_000).Sink(async (string message) =>
        {
            first.TrySetResult();
            await release.Task;
        }).Start();
        using var client = await ConnectAsync();

        // More than the system keeps of it on its way.
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                await SendAsync(client, new string('x', 100_000));
            }

            await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        });
        await first.Task.Soon();
        await pipeline.WhenSettledAsync().Soon();
        Assert.That((pipeline.GetSnapshot().Nodes[0].Received, sending.IsCompleted), Is.EqualTo((1, false)));
        release.SetResult();
        await sending.Soon();

        Assert.That(pipeline.GetSnapshot().Nodes[0].Received, Is.EqualTo(Count));
    }

    [Test]
    public async Task FromWebSocket_Stop_ClosesConnectionsAndThePort()
    {
        var pipeline = Listen().Sink(_ => { }).Start();
        using var client = await ConnectAsync();
        var address = await _listening.Task;

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        var end = await client.ReceiveAsync(new byte[1], default).Soon();

        Assert.That((end.MessageType, end.CloseStatus), Is.EqualTo((WebSocketMessageType.Close, WebSocketCloseStatus.EndpointUnavailable)));
        using var late = new TcpClient();
        Assert.That(async () => await late.ConnectAsync(address.Host, address.Port), Throws.TypeOf<SocketException>());
    }

    [Test]
    public async Task FromWebSocket_PlainRequest_IsToldToUpgrade()
    {
        await using var pipeline = Listen().Sink(_ => { }).Start();
        using var client = new HttpClient();

        using var answer = await client.GetAsync(new UriBuilder(await _listening.Task.Soon()) { Scheme = "http" }.Uri).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.UpgradeRequired));
    }

    [Test]
    public async Task FromWebSocketBytes_TextAndBinary_AreTaken()
    {
        var source = StreamSource.FromWebSocketBytes(0, onListening: _listening.SetResult);
        var messages = source.SinkToList();
        var pipeline = source.Start();
        using var client = await ConnectAsync();

        await client.SendAsync(new byte[] { 0, 255 }, WebSocketMessageType.Binary, endOfMessage: true, default);
        await SendAsync(client, "ü");
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(messages, Is.EqualTo(new[] { new byte[] { 0, 255 }, "ü"u8.ToArray() }));
    }

    [Test]
    public void FromWebSocket_BadArguments_AreRefused()
    {
        Assert.That(() => StreamSource.FromWebSocket(0, maxLength: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromWebSocket(0, maxConnections: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromWebSocketBytes(0, path: "orders"), Throws.ArgumentException.With.Message.StartsWith("from_web_socket_bytes"));
    }

    private static async Task SendAsync(ClientWebSocket client, string text) =>
        await client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, default);

    private Stream<string> Listen(int maxLength = 1000) =>
        StreamSource.FromWebSocket(0, maxLength: maxLength, onListening: _listening.SetResult, options: new StreamOptions { LoggerFactory = _log });

    private async Task<ClientWebSocket> ConnectAsync()
    {
        var client = new ClientWebSocket();
        await client.ConnectAsync(await _listening.Task.Soon(), default).Soon();
        return client;
    }
}
