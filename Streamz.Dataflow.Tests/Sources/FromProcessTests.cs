using System.ComponentModel;
using System.Diagnostics;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(30_000)]
internal sealed class FromProcessTests
{
    private readonly ShellScript _script = new();

    [SetUp]
    public void NeedAShell() => ShellScript.Need();

    [Test]
    [Parity("3.2", "test_process", "=")]
    public async Task FromProcess_LastLineNotTerminated_IsEmitted()
    {
        var list = StreamSource.FromProcess("printf", ["%s\\n%s", "a b", "c"]).SinkToList();

        await list.Start().Completion.Soon();

        Assert.That(list, Is.EqualTo(new[] { "a b", "c" }));
    }

    [Test]
    [Parity("3.2", "test_process_str", "=")]
    public async Task FromProcess_ArgumentsAsText_AreSplit()
    {
        var list = StreamSource.FromProcess(new ProcessStartInfo("printf", "\"%s\\n\" \"a b\" c")).SinkToList();

        await list.Start().Completion.Soon();

        Assert.That(list, Is.EqualTo(new[] { "a b", "c" }));
    }

    [Test]
    public void FromProcess_ExitCodeOfAFailure_FailsAfterTheLinesAndSaysWhy()
    {
        var list = Run("echo a; echo 'disk full' >&2; exit 3").Named("backup").SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion.Soon());

        Assert.That(failure!.NodeName, Is.EqualTo("backup"));
        Assert.That(failure.InnerException, Is.TypeOf<ProcessFailedException>().With.Property("ExitCode").EqualTo(3).And.Message.EqualTo("'sh' ended with exit code 3. It wrote: disk full"));
        Assert.That(list, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task FromProcess_ExitCodeAccepted_EndsNormally()
    {
        var codes = new List<int>();
        var list = StreamSource.FromProcess("sh", _script.Arguments("echo a; exit 1"), code =>
        {
            codes.Add(code);
            return code < 2;
        }).SinkToList();

        await list.Start().Completion.Soon();

        Assert.That(list, Is.EqualTo(new[] { "a" }));
        Assert.That(codes, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task FromProcessOutput_BothOutputs_ComeWithTheirOrigin()
    {
        var list = StreamSource.FromProcessOutput(new ProcessStartInfo("sh", _script.Arguments("echo out; echo err >&2; echo out2"))).SinkToList();

        await list.Start().Completion.Soon();

        Assert.That(list.Where(line => line.Origin == ProcessOutput.Output).Select(line => line.Text), Is.EqualTo(new[] { "out", "out2" }));
        Assert.That(list.Where(line => line.Origin == ProcessOutput.Error).Select(line => line.Text), Is.EqualTo(new[] { "err" }));
    }

    [Test]
    public async Task FromProcess_MuchOnStandardError_DoesNotBlockIt()
    {
        var list = Run("i=0; while [ $i -lt 3000 ]; do echo 'something that fills the pipe before long, and more of it' >&2; i=$((i+1)); done; echo done").SinkToList();

        await list.Start().Completion.Soon();

        Assert.That(list, Is.EqualTo(new[] { "done" }));
    }

    [Test]
    [Defect("D33")]
    public async Task FromProcess_PipelineStops_KillsTheProcessAndThoseThatItStarted()
    {
        var arrived = new TaskCompletionSource();
        var pipeline = Run("sh -c 'echo up; sleep 600; :' \"$0\" & wait").Sink(_ => arrived.SetResult()).Start();
        await arrived.Task.Soon();
        Assert.That(_script.FindProcess(), OperatingSystem.IsLinux() ? Is.Not.Null : Is.Null);

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(pipeline.Completion.IsCompletedSuccessfully, Is.True, "A stop is no failure, whatever the exit code.");

        // The one that was started has ended. What it had started was killed as well, and goes in its own time.
        while (_script.FindProcess() is not null)
        {
            TestContext.CurrentContext.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Test]
    public async Task FromProcess_StandardInput_IsEmpty()
    {
        var list = StreamSource.FromProcess("cat", []).SinkToList();

        await list.Start().Completion.Soon();

        Assert.That(list, Is.Empty);
    }

    [Test]
    public async Task FromProcess_Surroundings_AreThoseOfTheCall()
    {
        var start = new ProcessStartInfo("sh", _script.Arguments("echo $STREAMZ; pwd")) { WorkingDirectory = "/" };
        start.Environment["STREAMZ"] = "as given";
        var list = StreamSource.FromProcess(start).SinkToList();
        start.Environment["STREAMZ"] = "changed later";

        await list.Start().Completion.Soon();

        Assert.That(list, Is.EqualTo(new[] { "as given", "/" }));
        Assert.That(start.RedirectStandardOutput, Is.False, "What the caller gave is not changed.");
    }

    [Test]
    public void FromProcess_LineTooLong_FailsAndKills()
    {
        var list = StreamSource.FromProcess("sh", _script.Arguments("echo ok; while :; do printf aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done"), maxLineLength: 10).SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion.Soon());

        Assert.That(failure!.InnerException, Is.TypeOf<InvalidDataException>());
        Assert.That(list, Is.EqualTo(new[] { "ok" }));
        Assert.That(_script.FindProcess(), Is.Null);
    }

    [Test]
    public void FromProcess_ProgramMissing_FailsUnderItsName()
    {
        var list = StreamSource.FromProcess("no-such-program-anywhere", []).Named("tool").SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion.Soon());

        Assert.That(failure!.NodeName, Is.EqualTo("tool"));
        Assert.That(failure.InnerException, Is.TypeOf<Win32Exception>());
    }

    [Test]
    public void FromProcess_BadArguments_AreRefused()
    {
        Assert.That(() => StreamSource.FromProcess(new ProcessStartInfo()), Throws.ArgumentException.With.Message.Contains("from_process"));
        Assert.That(() => StreamSource.FromProcess("a", [], maxLineLength: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private Stream<string> Run(string script) => StreamSource.FromProcess("sh", _script.Arguments(script));
}
