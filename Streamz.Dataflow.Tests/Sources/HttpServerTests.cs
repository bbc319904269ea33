using System.Net;
using System.Net.Sockets;

namespace Streamz.Dataflow.Tests.Sources;

internal sealed class HttpServerTests
{
    [TestCase(-1, "localhost", "/", "port")]
    [TestCase(65536, "localhost", "/", "port")]
    [TestCase(0, "", "/", "host")]
    [TestCase(0, "localhost:80", "/", "host")]
    [TestCase(0, "a b", "/", "host")]
    [TestCase(0, "localhost", "", "path")]
    [TestCase(0, "localhost", "orders", "path")]
    [TestCase(0, "localhost", "/?a=b", "path")]
    public void HttpServer_BadArgument_IsNamed(int port, string host, string path, string name) =>
        Assert.That(() => HttpServer.Create("from_http", "http", host, port, path), Throws.InstanceOf<ArgumentException>().With.Property("ParamName").EqualTo(name));

    [Test]
    public void HttpServer_AnyFreePort_IsAnotherForEach()
    {
        var server = HttpServer.Create("from_http", "http", "localhost", 0, "/a");
        using var first = server.Listen(out var one);
        using var second = server.Listen(out var other);

        Assert.That(one.Port, Is.Not.EqualTo(other.Port).And.Not.Zero);
        Assert.That(one.ToString(), Is.EqualTo($"http://127.0.0.1:{one.Port}/a/"));
    }

    [Test]
    public void HttpServer_PortThatIsTaken_SaysWhere()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        Assert.That(
            () => HttpServer.Create("from_http", "http", "127.0.0.1", port, "/").Listen(out _),
            Throws.TypeOf<HttpListenerException>().With.Message.StartsWith($"Nobody can listen at http://127.0.0.1:{port}/: "));
    }
}
