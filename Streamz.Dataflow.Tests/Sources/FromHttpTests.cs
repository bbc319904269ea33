using System.Net;
using System.Net.Sockets;
using System.Text;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(30_000)]
internal sealed class FromHttpTests : IDisposable
{
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CapturedLog _log = new(eventOfInterest: 7);
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _log.Dispose();
        _client.Dispose();
    }

    [Test]
    [Parity("3.2", "test_http", "=")]
    public async Task FromHttp_PostsOnAnyPath_AreElementsAndThePortIsClosedAfterTheStop()
    {
        var source = Listen();
        var bodies = source.SinkToList();
        var pipeline = source.Start();
        var address = await _listening.Task.Soon();

        Assert.That(await PostAsync(new Uri(address, "/hello?a=b"), "hello"), Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(await PostAsync(new Uri(address, "/"), "größe 日本"), Is.EqualTo(HttpStatusCode.Accepted));
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(bodies, Is.EqualTo(new[] { "hello", "größe 日本" }));
        Assert.That(address.IsLoopback, Is.True);
        using var late = new TcpClient();
        Assert.That(
            async () => await late.ConnectAsync(address.Host, address.Port),
            Throws.TypeOf<SocketException>().With.Property(nameof(SocketException.SocketErrorCode)).EqualTo(SocketError.ConnectionRefused));
    }

    [Test]
    public async Task FromHttp_Localhost_IsReachedByNameAndByAddress()
    {
        var source = Listen();
        var bodies = source.SinkToList();
        await using var pipeline = source.Start();
        var address = await _listening.Task.Soon();

        await PostAsync(address, "a");
        await PostAsync(new UriBuilder(address) { Host = "localhost" }.Uri, "b");
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(bodies, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task FromHttp_FullPipeline_AnswersOnceTheElementIsTaken()
    {
        var gate = new GatedWriter<string>();
        await using var pipeline = Listen().Sink((string body) => gate.WriteAsync(body)).Start();
        var address = await _listening.Task.Soon();

        Assert.That(await PostAsync(address, "a"), Is.EqualTo(HttpStatusCode.Accepted));
        var waiting = PostAsync(address, "b");
        await pipeline.WhenSettledAsync().Soon();
        Assert.That((waiting.IsCompleted, pipeline.GetSnapshot().Nodes[0].Received), Is.EqualTo((false, 1)));
        gate.Finish(2);

        Assert.That(await waiting, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(pipeline.GetSnapshot().Nodes[0].Received, Is.EqualTo(2));
    }

    [Test]
    public async Task FromHttp_StopWhileFull_TellsTheClientThatItsElementWasNotTaken()
    {
        var gate = new GatedWriter<string>();
        var pipeline = Listen(maxRequests: 1).Sink((string body) => gate.WriteAsync(body)).Start();
        var address = await _listening.Task.Soon();
        await PostAsync(address, "a");
        using var client = await ConnectAsync("Content-Length: 1\r\nExpect: 100-continue\r\n\r\n");
        var answers = new StreamReader(client.GetStream());
        Assert.That(await answers.ReadLineAsync().Soon(), Is.EqualTo("HTTP/1.1 100 Continue"), "The request has been read.");
        await client.GetStream().WriteAsync("b"u8.ToArray());

        var stopping = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        await answers.ReadLineAsync().Soon();
        Assert.That(await answers.ReadLineAsync().Soon(), Is.EqualTo("HTTP/1.1 503 Service Unavailable"));
        gate.Finish(1);
        await stopping.Soon();

        Assert.That(gate.Finished, Is.EqualTo(new[] { "a" }));
    }

    [TestCase("GET", "a", HttpStatusCode.MethodNotAllowed)]
    [TestCase("PUT", "a", HttpStatusCode.MethodNotAllowed)]
    [TestCase("POST", "12345678", HttpStatusCode.Accepted)]
    [TestCase("POST", "123456789", HttpStatusCode.RequestEntityTooLarge)]
    [TestCase("POST", "\u00ff", HttpStatusCode.BadRequest)]
    public async Task FromHttp_Request_IsAnsweredAsItDeserves(string method, string latin1, HttpStatusCode expected)
    {
        var source = Listen(maxLength: 8);
        var bodies = source.SinkToList();
        var pipeline = source.Start();
        using var request = new HttpRequestMessage(new HttpMethod(method), await _listening.Task.Soon())
        {
            Content = new ByteArrayContent(Encoding.Latin1.GetBytes(latin1)),
        };

        using var answer = await _client.SendAsync(request).Soon();
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(expected));
        Assert.That(answer.Content.Headers.Allow, expected == HttpStatusCode.MethodNotAllowed ? Is.EqualTo(new[] { "POST" }) : Is.Empty);
        Assert.That(bodies, Has.Count.EqualTo(expected == HttpStatusCode.Accepted ? 1 : 0));
    }

    [Test]
    public async Task FromHttp_BodyThatBreaksOff_IsToldInTheLogAndIsNoElement()
    {
        var source = Listen().Named("orders");
        var bodies = source.SinkToList();
        await using var pipeline = source.Start();

        using (await ConnectAsync("Content-Length: 10\r\n\r\nabc"))
        {
        }

        await _log.First.Soon();
        await PostAsync(await _listening.Task.Soon(), "a");
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(_log.Entries.Single().Text, Does.StartWith("A connection of 'orders' from"));
        Assert.That(bodies, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task FromHttp_BodyThatNeverEnds_DoesNotKeepThePipelineFromStopping()
    {
        var pipeline = Listen().Sink(_ => { }).Start();
        using var client = await ConnectAsync("Content-Length: 10\r\nExpect: 100-continue\r\n\r\n");
        using var answers = new StreamReader(client.GetStream());
        Assert.That(await answers.ReadLineAsync().Soon(), Is.EqualTo("HTTP/1.1 100 Continue"));

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(pipeline.Completion.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task FromHttpBytes_Path_TakesWhatIsBelowIt()
    {
        var source = StreamSource.FromHttpBytes(0, "/orders", "127.0.0.1", onListening: _listening.SetResult);
        var bodies = source.SinkToList();
        await using var pipeline = source.Start();
        var address = await _listening.Task.Soon();
        using var content = new ByteArrayContent([0, 255]);

        using var taken = await _client.PostAsync(new Uri(address, "/orders/new"), content).Soon();
        using var lost = await _client.PostAsync(new Uri(address, "/others"), content).Soon();
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(address.AbsolutePath, Is.EqualTo("/orders/"));
        Assert.That((taken.StatusCode, lost.StatusCode), Is.EqualTo((HttpStatusCode.Accepted, HttpStatusCode.NotFound)));
        Assert.That(bodies, Is.EqualTo(new[] { new byte[] { 0, 255 } }));
    }

    [Test]
    public void FromHttp_BadArguments_AreRefused()
    {
        Assert.That(() => StreamSource.FromHttp(0, maxLength: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromHttp(0, maxRequests: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromHttpBytes(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(StreamSource.FromHttp(8080, "/orders").Node.Label, Is.EqualTo("from_http localhost:8080/orders/"));
    }

    private Stream<string> Listen(int maxLength = 1000, int maxRequests = 10) => StreamSource.FromHttp(
        0,
        maxLength: maxLength,
        maxRequests: maxRequests,
        onListening: _listening.SetResult,
        options: new StreamOptions { LoggerFactory = _log });

    private async Task<HttpStatusCode> PostAsync(Uri address, string body)
    {
        using var content = new StringContent(body);
        using var answer = await _client.PostAsync(address, content).Soon();
        return answer.StatusCode;
    }

    private async Task<TcpClient> ConnectAsync(string rest)
    {
        var address = await _listening.Task.Soon();
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port).Soon();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: {address.Authority}\r\n{rest}"));
        return client;
    }
}
