using System.Net;
using System.Net.Sockets;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

/// <summary>For all sources that listen for requests over HTTP.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal abstract class HttpServerStageLaws<T> : SourceLawsTests<T>, IDisposable
{
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);
    private TaskCompletionSource<Uri> _listening = new();

    protected static IReadOnlyList<string> Texts { get; } = ["a", "", "c", "d", "e", "f", "g", "h"];

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
}
