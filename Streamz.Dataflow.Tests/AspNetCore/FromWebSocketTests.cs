using System.Net;
using System.Net.WebSockets;
using System.Text;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.AspNetCore;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(30_000)]
internal sealed class FromWebSocketTests : IDisposable
{
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CapturedLog _log = new(eventOfInterest: 201);

    public void Dispose() => _log.Dispose();

    [Test]
    public async Task FromWebSocket_MessageInParts_IsOneElement()
    {
        var source = Listen();
        var messages = source.SinkToList();
        var pipeline = source.Start();
        using var client = await ConnectAsync();

        await client.SendAsync("gr"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, default);
        await client.SendAsync("öße");
        await client.SendAsync("");
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

        await bad.SendAsync("12345678");
        await bad.SendAsync(Encoding.Latin1.GetBytes(latin1), type, endOfMessage: true, default);
        var end = await bad.ReceiveAsync(new byte[1], default).Soon();
        if (bad.State == WebSocketState.CloseReceived)
        {
            await bad.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
        }

        await _log.First.Soon();
        await good.SendAsync("a");
        await good.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(end.CloseStatus, Is.EqualTo(expected));
        Assert.That(messages, Is.EqualTo(new[] { "12345678", "a" }));
        Assert.That(_log.Entries.Single().Text, Does.StartWith("A request or connection to 'orders' from 127.0.0.1:"));
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
                await client.SendAsync(new string('x', 100_000));
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

        var stopping = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        var end = await client.ReceiveAsync(new byte[1], default).Soon();
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
        await stopping.Soon();

        Assert.That((end.MessageType, end.CloseStatus), Is.EqualTo((WebSocketMessageType.Close, WebSocketCloseStatus.EndpointUnavailable)));
        Assert.That(await TestClient.IsRefusedAsync(address), Is.True);
    }

    [Test]
    public async Task FromWebSocket_StopWithAClientThatDoesNotAnswer_LeavesIt()
    {
        var pipeline = Listen().Sink(_ => { }).Start();
        using var client = await ConnectAsync();

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(pipeline.Completion.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task FromWebSocket_StopWhileFull_ClosesConnectionsWithMessagesThatWait()
    {
        var gate = new GatedWriter<string>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipeline = Listen().Sink((string message) =>
        {
            started.TrySetResult();
            return gate.WriteAsync(message);
        }).Start();
        using var client = await ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"{i}");
        }

        // Settled alone would also be a pipeline that no message has reached yet.
        await started.Task.Soon();
        await pipeline.WhenSettledAsync().Soon();
        var stopping = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        var end = await client.ReceiveAsync(new byte[1], default).Soon();
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
        gate.Finish();
        await stopping.Soon();

        Assert.That(end.CloseStatus, Is.EqualTo(WebSocketCloseStatus.EndpointUnavailable));
        Assert.That(gate.Finished, Is.EqualTo(new[] { "0" }));
    }

    [Test]
    public async Task FromWebSocket_MoreConnectionsThanServedAtOnce_AreRefused()
    {
        var pipeline = Listen(maxConnections: 1).Sink(_ => { }).Start();
        using var client = await ConnectAsync();

        Assert.That(ConnectAsync, Throws.TypeOf<WebSocketException>().With.Message.Contains("503"));
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
    }

    [Test]
    public async Task FromWebSocket_PlainRequest_IsToldToUpgrade()
    {
        await using var pipeline = Listen().Sink(_ => { }).Start();
        using var client = TestClient.Create();

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
        await client.SendAsync("ü");
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

    private Stream<string> Listen(int maxLength = 1000, int maxConnections = 10) =>
        StreamSource.FromWebSocket(0, maxLength: maxLength, maxConnections: maxConnections, onListening: _listening.SetResult, options: new StreamOptions { LoggerFactory = _log });

    private async Task<ClientWebSocket> ConnectAsync() => await TestClient.ConnectAsync(await _listening.Task.Soon());
}
