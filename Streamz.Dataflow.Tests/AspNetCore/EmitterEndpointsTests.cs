using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Moq;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.AspNetCore;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
internal sealed class EmitterEndpointsTests : IDisposable
{
    private readonly HttpClient _client = TestClient.Create();

    public void Dispose() => _client.Dispose();

    [Test]
    public async Task MapEmitter_TextBytesAndJson_AreElements()
    {
        await using var lines = new StreamSource<string>();
        await using var blocks = new StreamSource<byte[]>();
        await using var orders = new StreamSource<Order>();
        var (texts, bytes, values) = (lines.SinkToList(), blocks.SinkToList(), orders.SinkToList());
        await using var app = await TestApp.StartAsync(app =>
        {
            app.MapEmitter("/lines", lines);
            app.MapEmitter("/blocks", blocks);
            app.MapJsonEmitter("/orders", orders);
        });

        Assert.That(await _client.PostAsync(new Uri(app.Address, "/lines"), "größe"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await _client.PostAsync(new Uri(app.Address, "/blocks"), "ü"), Is.EqualTo(HttpStatusCode.OK));
        using var answer = await _client.PostAsJsonAsync(new Uri(app.Address, "/orders"), new Order(7, "tea")).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((texts.Single(), values.Single()), Is.EqualTo(("größe", new Order(7, "tea"))));
        Assert.That(bytes.Single(), Is.EqualTo("ü"u8.ToArray()));
    }

    [TestCase("application/json", """{"id":1}""", HttpStatusCode.OK)]
    [TestCase("application/json", """{"id":1""", HttpStatusCode.BadRequest)]
    [TestCase("application/json", """{"id":"x"}""", HttpStatusCode.BadRequest)]
    [TestCase("application/json", "null", HttpStatusCode.BadRequest)]
    [TestCase("application/json", "", HttpStatusCode.BadRequest)]
    [TestCase("text/plain", """{"id":1}""", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("application/json", """{"id":1,"product":"long"}""", HttpStatusCode.RequestEntityTooLarge)]
    public async Task MapJsonEmitter_Request_IsAnsweredAsItDeserves(string type, string body, HttpStatusCode expected)
    {
        await using var orders = new StreamSource<Order>();
        var values = orders.SinkToList();
        await using var app = await TestApp.StartAsync(app => app.MapJsonEmitter("/", orders, maxLength: 20));
        using var content = new StringContent(body, Encoding.UTF8, type);

        using var answer = await _client.PostAsync(app.Address, content).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(expected));
        Assert.That(await answer.Content.ReadAsStringAsync(), Is.Empty);
        Assert.That(values, Has.Count.EqualTo(expected == HttpStatusCode.OK ? 1 : 0));
    }

    [Test]
    public async Task MapEmitter_OtherMethodOrPath_IsAnsweredByTheApp()
    {
        await using var lines = new StreamSource<string>();
        lines.Sink(_ => { });
        await using var app = await TestApp.StartAsync(app => app.MapEmitter("/lines", lines));

        using var get = await _client.GetAsync(new Uri(app.Address, "/lines")).Soon();

        Assert.That(get.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(await _client.PostAsync(new Uri(app.Address, "/others"), "a"), Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task MapEmitter_NodeFailsAndThenThePipelineHasFailed_AreAnsweredWith500()
    {
        var lines = new StreamSource<string>();
        lines.Sink(text => throw new FormatException($"secret {text}"));
        await using var app = await TestApp.StartAsync(app => app.MapEmitter("/", lines));
        using var content = new StringContent("a");

        using var first = await _client.PostAsync(app.Address, content).Soon();
        Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(await first.Content.ReadAsStringAsync(), Is.Empty);
        Assert.That(await _client.PostAsync(app.Address, "b"), Is.EqualTo(HttpStatusCode.InternalServerError));
    }

    [Test]
    public async Task MapEmitter_PolicyDropsTheElement_IsAnsweredWith202()
    {
        await using var lines = new StreamSource<string>(new StreamOptions { OnError = ErrorPolicy.Skip });
        lines.Sink(text => throw new FormatException(text));
        await using var app = await TestApp.StartAsync(app => app.MapEmitter("/", lines));

        Assert.That(await _client.PostAsync(app.Address, "a"), Is.EqualTo(HttpStatusCode.Accepted));
    }

    [Test]
    public async Task MapEmitter_PipelineFullOrClosed_IsAnsweredWith503()
    {
        var gate = new GatedWriter<string>();
        var lines = new StreamSource<string>(new StreamOptions { MaxWaitingEmits = 0 });
        lines.Sink((string line) => gate.WriteAsync(line));
        await using var app = await TestApp.StartAsync(app => app.MapEmitter("/", lines));
        await lines.EmitAsync("a").Soon();

        Assert.That(await _client.PostAsync(app.Address, "b"), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        var completing = lines.CompleteAsync();
        Assert.That(await _client.PostAsync(app.Address, "c"), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        gate.Finish();
        await completing.Soon();

        Assert.That(gate.Finished, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task MapEmitter_ClientGoes_TakesItsWaitingElementBack()
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var withdrawn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var emitter = new Mock<IEmitter<string>>();
        emitter.Setup(each => each.DeliverAsync("a", It.IsAny<CancellationToken>())).Returns(async (string _, CancellationToken gone) =>
        {
            waiting.SetResult();
            await Task.Delay(Timeout.Infinite, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            withdrawn.SetResult();
            throw new OperationCanceledException(gone);
        });
        await using var app = await TestApp.StartAsync(app => app.MapEmitter("/", emitter.Object));

        using (await TestClient.BeginPostAsync(app.Address, "Content-Length: 1\r\n\r\na"))
        {
            await waiting.Task.Soon();
        }

        await withdrawn.Task.Soon();
    }

    [Test]
    public async Task MapEmitter_BodyInChunksThatIsWrong_IsAnsweredWith400AndIsNoElement()
    {
        await using var lines = new StreamSource<string>();
        var texts = lines.SinkToList();
        await using var app = await TestApp.StartAsync(app => app.MapEmitter("/", lines));

        using var client = await TestClient.BeginPostAsync(app.Address, "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx\r\n");

        Assert.That(await client.ReadLineAsync(), Is.EqualTo("HTTP/1.1 400 Bad Request"));
        Assert.That(texts, Is.Empty);
    }

    [Test]
    public async Task MapEmitter_MaxLengthLessThanOne_IsRefused()
    {
        await using var lines = new StreamSource<string>();
        await using var app = await TestApp.StartAsync(app => Assert.That(() => app.MapEmitter("/", lines, maxLength: 0), Throws.TypeOf<ArgumentOutOfRangeException>()));
    }

    public sealed record Order(int Id, string? Product = null);
}
