using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.AspNetCore;

/// <summary>For all sources that serve requests.</summary>
internal abstract class ServerSourceLaws<T> : SourceLawsTests<T>, IDisposable
{
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);
    private TaskCompletionSource<Uri> _listening = new();

    protected static IReadOnlyList<string> Texts { get; } = ["a", "", "c", "d", "e", "f", "g", "h"];

    protected static IReadOnlyList<byte[]> Blocks { get; } = [.. Texts.Select(Encoding.UTF8.GetBytes)];

    protected override bool EndsByItself => false;

    [SetUp]
    public void TakeAPort() => _other.Start();

    public void Dispose() => _other.Dispose();

    protected abstract Stream<T> Build(int port, Action<Uri>? onListening, StreamOptions options);

    protected abstract Task GiveAsync(Uri address, CancellationToken cancellation);

    protected override Stream<T> Build(StreamOptions options)
    {
        Volatile.Write(ref _listening, new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously));
        return Build(0, address => Volatile.Read(ref _listening).TrySetResult(address), options);
    }

    protected override Stream<T> BuildFailing(StreamOptions options) => Build(((IPEndPoint)_other.LocalEndpoint).Port, null, options);

    protected override async Task GiveAsync(CancellationToken cancellation)
    {
        var address = await Volatile.Read(ref _listening).Task.WaitAsync(cancellation);
        Volatile.Write(ref _listening, new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously));
        await GiveAsync(address, cancellation);
    }

    protected static async Task PostAllAsync(Uri address, CancellationToken cancellation)
    {
        using var client = TestClient.Create();
        foreach (var body in Texts)
        {
            if (await client.PostAsync(address, body, cancellation) is not HttpStatusCode.OK and var status)
            {
                throw new HttpRequestException($"'{body}' was not delivered: {status}.");
            }
        }
    }

    protected static async Task SendAllAsync(Uri address, WebSocketMessageType type, CancellationToken cancellation)
    {
        using var client = await TestClient.ConnectAsync(address, cancellation);
        foreach (var message in Texts)
        {
            await client.SendAsync(message, type, cancellation);
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellation);
    }
}

[TestFixture("port")]
[TestFixture("endpoint")]
internal sealed class FromHttpLaws(string variant) : ServerSourceLaws<string>
{
    protected override IReadOnlyList<string> Items => Texts;

    protected override Stream<string> Build(int port, Action<Uri>? onListening, StreamOptions options) => variant == "port"
        ? StreamSource.FromHttp(port, onListening: onListening, options: options)
        : StreamSource.FromHttp(new IPEndPoint(IPAddress.Loopback, port), onListening: onListening, options: options);

    protected override Task GiveAsync(Uri address, CancellationToken cancellation) => PostAllAsync(address, cancellation);
}

[TestFixture("port")]
[TestFixture("endpoint")]
internal sealed class FromHttpBytesLaws(string variant) : ServerSourceLaws<byte[]>
{
    protected override IReadOnlyList<byte[]> Items => Blocks;

    protected override Stream<byte[]> Build(int port, Action<Uri>? onListening, StreamOptions options) => variant == "port"
        ? StreamSource.FromHttpBytes(port, onListening: onListening, options: options)
        : StreamSource.FromHttpBytes(new IPEndPoint(IPAddress.Loopback, port), onListening: onListening, options: options);

    protected override Task GiveAsync(Uri address, CancellationToken cancellation) => PostAllAsync(address, cancellation);
}

[TestFixture("port")]
[TestFixture("endpoint")]
internal sealed class FromWebSocketLaws(string variant) : ServerSourceLaws<string>
{
    protected override IReadOnlyList<string> Items => Texts;

    protected override Stream<string> Build(int port, Action<Uri>? onListening, StreamOptions options) => variant == "port"
        ? StreamSource.FromWebSocket(port, onListening: onListening, options: options)
        : StreamSource.FromWebSocket(new IPEndPoint(IPAddress.Loopback, port), onListening: onListening, options: options);

    protected override Task GiveAsync(Uri address, CancellationToken cancellation) => SendAllAsync(address, WebSocketMessageType.Text, cancellation);
}

[TestFixture("port")]
[TestFixture("endpoint")]
internal sealed class FromWebSocketBytesLaws(string variant) : ServerSourceLaws<byte[]>
{
    protected override IReadOnlyList<byte[]> Items => Blocks;

    protected override Stream<byte[]> Build(int port, Action<Uri>? onListening, StreamOptions options) => variant == "port"
        ? StreamSource.FromWebSocketBytes(port, onListening: onListening, options: options)
        : StreamSource.FromWebSocketBytes(new IPEndPoint(IPAddress.Loopback, port), onListening: onListening, options: options);

    protected override Task GiveAsync(Uri address, CancellationToken cancellation) => SendAllAsync(address, WebSocketMessageType.Binary, cancellation);
}
