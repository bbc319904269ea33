using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.AspNetCore;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
internal sealed class FromHttpTests : IDisposable
{
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CapturedLog _log = new(eventOfInterest: 201);
    private readonly HttpClient _client = TestClient.Create();

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

        Assert.That(await _client.PostAsync(new Uri(address, "/hello?a=b"), "hello"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await _client.PostAsync(address, "größe 日本"), Is.EqualTo(HttpStatusCode.OK));
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(bodies, Is.EqualTo(new[] { "hello", "größe 日本" }));
        Assert.That(address.IsLoopback, Is.True);
        Assert.That(await TestClient.IsRefusedAsync(address), Is.True);
    }

    [Test]
    public async Task FromHttp_StartedAgain_ListensAnew()
    {
        var addresses = new BlockingCollection<Uri>();
        var source = StreamSource.FromHttp(0, onListening: addresses.Add);
        var bodies = source.SinkToList();
        for (var run = 1; run <= 2; run++)
        {
            await using var pipeline = source.Start();
            Assert.That(await _client.PostAsync(addresses.Take(), $"{run}"), Is.EqualTo(HttpStatusCode.OK));
            await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        }

        Assert.That(bodies, Does.Contain("2"));
    }

    [Test]
    public async Task FromHttp_Answer_ComesWhenTheElementIsDelivered()
    {
        var gate = new GatedWriter<string>();
        await using var pipeline = Listen().Sink((string body) => gate.WriteAsync(body)).Start();
        var address = await _listening.Task.Soon();

        using var client = await TestClient.BeginPostAsync(address, "Content-Length: 1\r\nConnection: close\r\n\r\na");
        var answer = client.ReadLineAsync();
        await SpinUntilAsync(() => gate.Started.Count == 1);
        await pipeline.WhenSettledAsync().Soon();
        Assert.That(answer.IsCompleted, Is.False);
        gate.Finish();

        Assert.That(await answer, Is.EqualTo("HTTP/1.1 200 OK"));
    }

    [Test]
    public async Task FromHttp_ElementThatIsHeld_IsAnsweredAtTheStopThatLetsGoOfIt()
    {
        var source = Listen();
        var pairs = source.Partition(2).SinkToList();
        var pipeline = source.Start();
        var posting = _client.PostAsync(await _listening.Task.Soon(), "a");
        await SpinUntilAsync(() => pipeline.GetSnapshot().Nodes[0].Received == 1);
        Assert.That(posting.IsCompleted, Is.False);

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(await posting, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(pairs, Is.EqualTo(new[] { new[] { "a" } }));
    }

    [Test]
    public async Task FromHttp_NodeFails_IsAnsweredWith500AndNoDetails()
    {
        await using var pipeline = Listen().Sink(text => throw new FormatException($"secret {text}")).Start();
        using var content = new StringContent("a");

        using var answer = await _client.PostAsync(await _listening.Task.Soon(), content).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(await answer.Content.ReadAsStringAsync(), Is.Empty);
        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
    }

    [Test]
    public async Task FromHttp_PolicyDropsTheElement_IsAnsweredWith202()
    {
        await using var pipeline = Listen(errors: ErrorPolicy.Skip).Sink(text => throw new FormatException(text)).Start();

        Assert.That(await _client.PostAsync(await _listening.Task.Soon(), "a"), Is.EqualTo(HttpStatusCode.Accepted));
    }

    [Test]
    public async Task FromHttp_PipelineAborted_AnswersWith503WhatWasAcceptedAndWhatWasNot()
    {
        var pipeline = Listen().Sink(async (string _, CancellationToken aborted) => await Task.Delay(Timeout.Infinite, aborted)).Start();
        var address = await _listening.Task.Soon();
        var accepted = _client.PostAsync(address, "a");
        await SpinUntilAsync(() => pipeline.GetSnapshot().Nodes[0].Received == 1);
        using var client = await BeginAsync(address, "Content-Length: 1\r\n");
        await client.GetStream().WriteAsync("b"u8.ToArray());

        await pipeline.StopAsync(TimeSpan.Zero).Ended();

        Assert.That(await accepted, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await client.ReadLineAsync(), Is.EqualTo("HTTP/1.1 503 Service Unavailable"));
    }

    /// <summary>HttpListener answers 200 to a request that nobody has read, when it closes.</summary>
    [Test]
    public async Task FromHttp_StopWhileClientsPost_AnswersWith200ExactlyWhatWasDelivered()
    {
        var source = Listen(maxRequests: 100);
        var bodies = source.SinkToList();
        var pipeline = source.Start();
        var address = await _listening.Task.Soon();
        var answered = new ConcurrentQueue<string>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = Enumerable.Range(0, 10).Select(client => Task.Run(() => PostUntilRefusedAsync(client))).ToList();

        await enough.Task.Soon();
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        await Task.WhenAll(clients).Soon();

        Assert.That(answered, Is.EquivalentTo(bodies));

        async Task PostUntilRefusedAsync(int client)
        {
            using var own = TestClient.Create();
            for (var i = 0; ; i++)
            {
                try
                {
                    if (await own.PostAsync(address, $"{client}-{i}") != HttpStatusCode.OK)
                    {
                        return;
                    }
                }
                catch (HttpRequestException)
                {
                    return;
                }

                answered.Enqueue($"{client}-{i}");
                if (answered.Count > 50)
                {
                    enough.TrySetResult();
                }
            }
        }
    }

    [Test]
    public async Task FromHttp_StopWhileFull_TellsTheClientThatItsElementWasNotTaken()
    {
        var gate = new GatedWriter<string>();
        var pipeline = Listen().Sink((string body) => gate.WriteAsync(body)).Start();
        var address = await _listening.Task.Soon();
        var first = _client.PostAsync(address, "a");
        await SpinUntilAsync(() => gate.Started.Count == 1);
        using var client = await BeginAsync(address, "Content-Length: 1\r\n");
        await client.GetStream().WriteAsync("b"u8.ToArray());

        var stopping = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        Assert.That(await client.ReadLineAsync(), Is.EqualTo("HTTP/1.1 503 Service Unavailable"));
        gate.Finish();
        await stopping.Soon();

        Assert.That(await first, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(gate.Finished, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task FromHttp_ClientGoes_TakesItsWaitingElementBack()
    {
        var gate = new GatedWriter<string>();
        var pipeline = Listen(maxRequests: 2).Sink((string body) => gate.WriteAsync(body)).Start();
        var address = await _listening.Task.Soon();
        var first = _client.PostAsync(address, "a");
        await SpinUntilAsync(() => gate.Started.Count == 1);
        using (var leaving = await BeginAsync(address, "Content-Length: 1\r\n"))
        {
            await leaving.GetStream().WriteAsync("b"u8.ToArray());
        }

        // There is room for it once the one before was withdrawn.
        using var next = await BeginAsync(address, "Content-Length: 1\r\nConnection: close\r\n");
        await next.GetStream().WriteAsync("c"u8.ToArray());
        gate.Finish(2);
        Assert.That(await next.ReadLineAsync(), Is.EqualTo("HTTP/1.1 200 OK"));
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(await first, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(gate.Finished, Is.EqualTo(new[] { "a", "c" }));
    }

    [Test]
    public async Task FromHttp_MoreRequestsThanServedAtOnce_AreAnsweredWith503()
    {
        var gate = new GatedWriter<string>();
        var pipeline = Listen(maxRequests: 1).Sink((string body) => gate.WriteAsync(body)).Start();
        var address = await _listening.Task.Soon();
        var first = _client.PostAsync(address, "a");
        await SpinUntilAsync(() => gate.Started.Count == 1);

        Assert.That(await _client.PostAsync(address, "b"), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        gate.Finish();

        Assert.That(await first, Is.EqualTo(HttpStatusCode.OK));
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
    }

    [TestCase("GET", "a", HttpStatusCode.MethodNotAllowed)]
    [TestCase("PUT", "a", HttpStatusCode.MethodNotAllowed)]
    [TestCase("POST", "12345678", HttpStatusCode.OK)]
    [TestCase("POST", "123456789", HttpStatusCode.RequestEntityTooLarge)]
    [TestCase("POST", "\u00ff", HttpStatusCode.BadRequest)]
    public async Task FromHttp_Request_IsAnsweredAsItDeserves(string method, string latin1, HttpStatusCode expected)
    {
        foreach (var chunked in new[] { false, true })
        {
            var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
            var source = StreamSource.FromHttp(0, maxLength: 8, onListening: listening.SetResult);
            var bodies = source.SinkToList();
            var pipeline = source.Start();
            using var request = new HttpRequestMessage(new HttpMethod(method), await listening.Task.Soon())
            {
                Content = new ByteArrayContent(Encoding.Latin1.GetBytes(latin1)),
            };
            request.Headers.TransferEncodingChunked = chunked;

            using var answer = await _client.SendAsync(request).Soon();
            await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

            Assert.That(answer.StatusCode, Is.EqualTo(expected));
            Assert.That(answer.Content.Headers.Allow, expected == HttpStatusCode.MethodNotAllowed ? Is.EqualTo(new[] { "POST" }) : Is.Empty);
            Assert.That(bodies, Has.Count.EqualTo(expected == HttpStatusCode.OK ? 1 : 0));
        }
    }

    /// <summary>HttpListener takes the half of a body that is sent in chunks for a whole one.</summary>
    [TestCase("Content-Length: 10\r\n\r\nabc")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")]
    public async Task FromHttp_BodyThatBreaksOff_IsToldInTheLogAndIsNoElement(string request)
    {
        var source = Listen().Named("orders");
        var bodies = source.SinkToList();
        await using var pipeline = source.Start();
        var address = await _listening.Task.Soon();

        using (await TestClient.BeginPostAsync(address, request))
        {
        }

        await _log.First.Soon();
        await _client.PostAsync(address, "a");
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(_log.Entries.Single().Text, Does.StartWith("A request or connection to 'orders' from 127.0.0.1:"));
        Assert.That(bodies, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task FromHttp_RequestsThatNeverEnd_DoNotKeepThePipelineFromStopping()
    {
        var pipeline = Listen().Sink(_ => { }).Start();
        var address = await _listening.Task.Soon();
        using var noBody = await BeginAsync(address, "Content-Length: 10\r\n");
        using var noHead = await TestClient.BeginPostAsync(address, "X-Half: ");

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(pipeline.Completion.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task FromHttpBytes_Path_TakesWhatIsAtAndBelowIt()
    {
        var source = StreamSource.FromHttpBytes(0, "/orders", onListening: _listening.SetResult);
        var bodies = source.SinkToList();
        var pipeline = source.Start();
        var address = await _listening.Task.Soon();

        var answers = new List<HttpStatusCode>();
        foreach (var path in new[] { "/orders", "/orders/new", "/ordersnew", "/" })
        {
            answers.Add(await _client.PostAsync(new Uri(address, path), path));
        }

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(address.AbsolutePath, Is.EqualTo("/orders"));
        Assert.That(answers, Is.EqualTo(new[] { HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound }));
        Assert.That(bodies, Is.EqualTo(new[] { "/orders"u8.ToArray(), "/orders/new"u8.ToArray() }));
    }

    [Test]
    public void FromHttp_BadArguments_AreRefused()
    {
        Assert.That(() => StreamSource.FromHttp(0, maxLength: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromHttp(0, maxRequests: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromHttpBytes(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromHttpBytes(65536), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromHttp(0, "orders"), Throws.ArgumentException.With.Message.StartsWith("from_http cannot take requests below the path 'orders'"));
        Assert.That(() => StreamSource.FromHttp(0, "/?a=b"), Throws.ArgumentException);
        Assert.That(StreamSource.FromHttp(8080, "/orders").Node.Label, Is.EqualTo("from_http 127.0.0.1:8080/orders"));
    }

    /// <summary>Begins a request that has been admitted: its body is being read.</summary>
    private static async Task<TcpClient> BeginAsync(Uri address, string headers)
    {
        while (true)
        {
            var client = await TestClient.BeginPostAsync(address, headers + "Expect: 100-continue\r\n\r\n");
            if (await client.ReadLineAsync() == "HTTP/1.1 100 Continue")
            {
                await client.ReadLineAsync();
                return client;
            }

            client.Dispose();
        }
    }

    private static Task SpinUntilAsync(Func<bool> condition) => Task.Run(async () =>
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }).Soon();

    private Stream<string> Listen(int maxRequests = 10, ErrorPolicy? errors = null) => StreamSource.FromHttp(
        0,
        maxLength: 1000,
        maxRequests: maxRequests,
        onListening: _listening.SetResult,
        options: new StreamOptions { LoggerFactory = _log, OnError = errors ?? ErrorPolicy.Stop });
}
