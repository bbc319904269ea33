using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>The built-in sources that go on after a failure.</summary>
[CancelAfter(60_000)]
internal sealed class SourceRestartTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly ErrorPolicy s_again = ErrorPolicy.Retry(3, s_second);

    private readonly FakeTimeProvider _clock = new();
    private readonly ScratchDirectory _scratch = new();
    private readonly List<string> _values = [];

    private StreamOptions Options => new() { TimeProvider = _clock };

    public void Dispose() => _scratch.Dispose();

    [TearDown]
    public void Forget() => _values.Clear();

    [Test]
    public async Task FromPeriodic_CallbackThatFailed_IsCalledAgain()
    {
        var calls = 0;
        var stream = StreamSource.FromPeriodic(10 * s_second, () => ++calls == 2 ? throw new IOException() : calls, Options).OnError(s_again);
        stream.Sink(call => _values.Add($"{call}"));

        await using var pipeline = stream.Start();
        await pipeline.AdvanceAsync(_clock, 11 * s_second, s_second).Soon();

        Assert.That(_values, Is.EqualTo(new[] { "1", "3" }));
    }

    [Test]
    public async Task FromTextFile_MissingFile_IsReadWhenItIsThere()
    {
        var path = _scratch.PathTo("late.txt");
        var stream = StreamSource.FromTextFile(path, options: Options).OnError(s_again);
        stream.Sink(_values.Add);

        await using var pipeline = stream.Start();
        await pipeline.SettleAsync().Soon();
        await File.WriteAllTextAsync(path, "a\nb\n");
        await pipeline.AdvanceAsync(_clock, s_second).Soon();
        await pipeline.Completion.Soon();

        Assert.That(_values, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task FromFileNames_DirectoryThatWasAway_GivesOnlyTheNewNames()
    {
        var inbox = _scratch.PathTo("inbox");
        Directory.CreateDirectory(inbox);
        await File.WriteAllTextAsync(Path.Combine(inbox, "a"), "");
        var stream = StreamSource.FromFileNames(inbox, s_second, options: Options).OnError(s_again);
        stream.Sink(path => _values.Add(Path.GetFileName(path)));

        await using var pipeline = stream.Start();
        await pipeline.SettleAsync().Soon();
        Directory.Move(inbox, inbox + ".away");
        await pipeline.AdvanceAsync(_clock, s_second).Soon();
        await File.WriteAllTextAsync(Path.Combine(inbox + ".away", "b"), "");
        Directory.Move(inbox + ".away", inbox);
        await pipeline.AdvanceAsync(_clock, s_second).Soon();

        Assert.That(_values, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task FromTcp_PortThatWasTaken_IsListenedOnWhenItIsFree()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var endPoint = (IPEndPoint)other.LocalEndpoint;
        var arrived = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stream = StreamSource.FromTcp(endPoint, onListening: _ => listening.SetResult(), options: Options).OnError(s_again);
        stream.Sink(arrived.SetResult);

        await using var pipeline = stream.Start();
        await pipeline.SettleAsync().Soon();
        other.Stop();
        await pipeline.AdvanceAsync(_clock, s_second).Soon();
        await listening.Task.Soon();
        using var client = new TcpClient();
        await client.ConnectAsync(endPoint).Soon();
        await client.GetStream().WriteAsync("hello\n"u8.ToArray()).Soon();

        Assert.That(await arrived.Task.Soon(), Is.EqualTo("hello"));
    }

    [Test]
    public async Task FromProcess_ProgramThatFailed_IsStartedAgain()
    {
        ShellScript.Need();
        var flag = _scratch.PathTo("flag");
        var stream = StreamSource.FromProcess("sh", ["-c", $"echo begun; test -e '{flag}' || {{ touch '{flag}'; exit 3; }}"], options: Options).OnError(ErrorPolicy.Retry(1));
        stream.Sink(_values.Add);

        await using var pipeline = stream.Start();
        await pipeline.Completion.Soon();

        Assert.That(_values, Is.EqualTo(new[] { "begun", "begun" }));
    }
}
