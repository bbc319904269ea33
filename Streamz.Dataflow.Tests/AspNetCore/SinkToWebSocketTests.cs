using System.Net.WebSockets;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.AspNetCore;

[TestFixture, CancelAfter(30_000)]
internal sealed class SinkToWebSocketTests
{
    [Test]
    [Parity("3.3", "test_ws_roundtrip", "=")]
    public async Task SinkToWebSocket_IntoFromWebSocket_GivesTheMessagesInOrder()
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var received = StreamSource.FromWebSocket(0, onListening: listening.SetResult);
        var messages = received.SinkToList();
        var receiver = received.Start();
        var source = new StreamSource<string>();
        source.SinkToWebSocket(await listening.Task.Soon());

        await source.EmitAllAsync(["0", "1", "2", "3"]).Soon();
        await source.CompleteAsync().Soon();
        await receiver.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(messages, Is.EqualTo(new[] { "0", "1", "2", "3" }));
    }

    [Test]
    public async Task SinkToWebSocket_Elements_GoOverOneConnectionThatIsMadeWithTheFirst()
    {
        await using var receiver = await WebSocketReceiver.StartAsync();
        var source = new StreamSource<byte[]>();
        source.SinkToWebSocket(receiver.Uri, settings => settings.SetRequestHeader("X-Token", "secret"));

        source.Start();
        Assert.That(receiver.Connections, Is.Zero);
        await source.EmitAllAsync(["a"u8.ToArray(), null!, "c"u8.ToArray()]).Soon();
        await source.CompleteAsync().Soon();
        await receiver.WhenLeftAsync().Soon();

        Assert.That(receiver.Messages, Is.EqualTo(new[] { "a", "", "c" }));
        Assert.That(receiver.Types, Has.All.EqualTo(WebSocketMessageType.Binary));
        Assert.That(receiver.Tokens, Is.EqualTo(new[] { "secret" }));
        Assert.That(receiver.Ends, Is.EqualTo(new WebSocketCloseStatus?[] { WebSocketCloseStatus.NormalClosure }));
    }

    [Test]
    public async Task SinkToWebSocket_NoElements_NeverConnects()
    {
        await using var receiver = await WebSocketReceiver.StartAsync();
        var source = new StreamSource<string>();
        source.SinkToWebSocket(receiver.Uri);
        source.Start();

        await source.CompleteAsync().Soon();

        Assert.That(receiver.Connections, Is.Zero);
    }

    [Test]
    public async Task SinkToWebSocket_End_WaitsUntilTheServerHasReadAll()
    {
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await WebSocketReceiver.StartAsync(WaitAsync);
        var source = new StreamSource<string>();
        source.SinkToWebSocket(receiver.Uri);

        await source.EmitAllAsync(["a", "b"]).Soon();
        var completing = source.CompleteAsync();
        await reading.Task.Soon();
        Assert.That((receiver.Messages.Count, completing.IsCompleted), Is.EqualTo((1, false)));
        release.SetResult();
        await completing.Soon();

        Assert.That(receiver.Messages, Is.EqualTo(new[] { "a", "b" }));

        async Task<WebSocketCloseStatus?> WaitAsync(string message)
        {
            reading.TrySetResult();
            await release.Task;
            return null;
        }
    }

    [Test]
    public async Task SinkToWebSocket_ServerCloses_ConnectsAnewForTheNextElementAndSaysSo()
    {
        using var log = new CapturedLog(eventOfInterest: 202);
        await using var receiver = await WebSocketReceiver.StartAsync(message => Task.FromResult<WebSocketCloseStatus?>(message == "a" ? WebSocketCloseStatus.PolicyViolation : null));
        var source = new StreamSource<string>(new StreamOptions { LoggerFactory = log });
        source.SinkToWebSocket(receiver.Uri, options: new NodeOptions { Name = "feed" });

        await source.DeliverAsync("a").Soon();
        await receiver.WhenLeftAsync().Soon();
        var second = await source.DeliverAsync("b").Soon();
        await source.CompleteAsync().Soon();

        Assert.That(second, Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(receiver.Messages, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(receiver.Connections, Is.EqualTo(2));
        Assert.That(log.Entries.Single().Text, Does.StartWith("The web socket of 'feed' was lost"));
        Assert.That(log.Entries.Single().Failure!.Message, Does.Contain("with the code 1008: no a"));
    }

    [Test]
    public async Task SinkToWebSocket_CannotConnectAnew_FailsTheElementAndTriesAgainForTheOneAfter()
    {
        await using var receiver = await WebSocketReceiver.StartAsync(message => Task.FromResult<WebSocketCloseStatus?>(message == "a" ? WebSocketCloseStatus.EndpointUnavailable : null));
        var source = new StreamSource<string>();
        source.SinkToWebSocket(receiver.Uri, options: new NodeOptions { OnError = ErrorPolicy.Skip });

        await source.DeliverAsync("a").Soon();
        await receiver.WhenLeftAsync().Soon();
        receiver.Refuses = true;
        var second = await source.DeliverAsync("b").Soon();
        receiver.Refuses = false;
        var third = await source.DeliverAsync("c").Soon();
        await source.CompleteAsync().Soon();

        Assert.That((second, third), Is.EqualTo((DeliveryOutcome.Dropped, DeliveryOutcome.Delivered)));
        Assert.That(receiver.Messages, Is.EqualTo(new[] { "a", "c" }));
    }

    [Test]
    public async Task SinkToWebSocket_ServerHasClosedInGoodOrderBeforeTheEnd_Ends()
    {
        await using var receiver = await WebSocketReceiver.StartAsync(_ => Task.FromResult<WebSocketCloseStatus?>(WebSocketCloseStatus.NormalClosure));
        var source = new StreamSource<string>();
        source.SinkToWebSocket(receiver.Uri);
        await source.DeliverAsync("a").Soon();
        await receiver.WhenLeftAsync().Soon();

        await source.CompleteAsync().Soon();

        Assert.That(receiver.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task SinkToWebSocket_ServerRefusesTheLastMessage_FailsThePipelineWithItsReason()
    {
        await using var receiver = await WebSocketReceiver.StartAsync(_ => Task.FromResult<WebSocketCloseStatus?>(WebSocketCloseStatus.MessageTooBig));
        var source = new StreamSource<string>();
        source.SinkToWebSocket(receiver.Uri);
        await source.DeliverAsync("a").Soon();
        await receiver.WhenLeftAsync().Soon();

        Assert.That(
            async () => await source.CompleteAsync().Soon(),
            Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<WebSocketException>().And.InnerException.Message.Contains("with the code 1009: no a"));
    }

    [Test]
    public async Task SinkToWebSocket_FaultElsewhere_ClosesTheConnection()
    {
        await using var receiver = await WebSocketReceiver.StartAsync();
        var source = new StreamSource<string>();
        source.SinkToWebSocket(receiver.Uri);
        source.Filter(text => text == "fails").Sink(text => throw new FormatException(text));
        var pipeline = source.Start();

        await source.DeliverAsync("a").Soon();
        await source.EmitAsync("fails").Soon();
        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
        await receiver.WhenLeftAsync().Soon();

        Assert.That(receiver.Ends, Is.EqualTo(new WebSocketCloseStatus?[] { WebSocketCloseStatus.EndpointUnavailable }));
    }

    [Test]
    public async Task SinkToWebSocket_NobodyThere_FailsTheElement()
    {
        Uri gone;
        await using (var receiver = await WebSocketReceiver.StartAsync())
        {
            gone = receiver.Uri;
        }

        var source = new StreamSource<string>();
        source.SinkToWebSocket(gone, options: new NodeOptions { Name = "feed" });

        Assert.That(
            async () => await source.DeliverAsync("a").Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("feed").And.InnerException.TypeOf<WebSocketException>());
    }

    [Test]
    public void SinkToWebSocket_BadArguments_AreNamed()
    {
        var source = new StreamSource<string>();
        Assert.That(() => source.SinkToWebSocket(new Uri("http://localhost/")), Throws.ArgumentException.With.Message.Contains("sink_to_web_socket").And.Property("ParamName").EqualTo("uri"));
        Assert.That(() => source.SinkToWebSocket(new Uri("/feed", UriKind.Relative)), Throws.ArgumentException.With.Property("ParamName").EqualTo("uri"));
        Assert.That(source.SinkToWebSocket(new Uri("wss://example.org/feed?key=secret")).Node.Label, Is.EqualTo("sink_to_web_socket wss://example.org/feed"));
    }
}
