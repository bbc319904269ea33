using System.Net;
using System.Net.Sockets;
using System.Text;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture("port")]
[TestFixture("endpoint")]
internal sealed class FromTcpLaws(string variant) : SourceLawsTests<string>, IDisposable
{
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);
    private TaskCompletionSource<IPEndPoint> _listening = new();

    protected override IReadOnlyList<string> Items => ["a", "", "c", "d", "e", "f", "g", "h"];

    protected override bool EndsByItself => false;

    [SetUp]
    public void TakeAPort() => _other.Start();

    public void Dispose() => _other.Dispose();

    protected override Stream<string> Build(StreamOptions options)
    {
        Volatile.Write(ref _listening, new TaskCompletionSource<IPEndPoint>());
        return variant == "port"
            ? StreamSource.FromTcp(0, onListening: OnListening, options: options)
            : StreamSource.FromTcp(new IPEndPoint(IPAddress.Loopback, 0), onListening: OnListening, options: options);
    }

    protected override Stream<string> BuildFailing(StreamOptions options)
    {
        var taken = (IPEndPoint)_other.LocalEndpoint;
        return variant == "port"
            ? StreamSource.FromTcp(taken.Port, options: options)
            : StreamSource.FromTcp(taken, options: options);
    }

    protected override async Task GiveAsync(CancellationToken cancellation)
    {
        var endPoint = await Volatile.Read(ref _listening).Task.WaitAsync(cancellation);
        Volatile.Write(ref _listening, new TaskCompletionSource<IPEndPoint>());
        using var client = new TcpClient();
        await client.ConnectAsync(endPoint, cancellation);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Items.Select(item => item + "\n"))), cancellation);
    }

    private void OnListening(IPEndPoint endPoint) => Volatile.Read(ref _listening).TrySetResult(endPoint);
}
