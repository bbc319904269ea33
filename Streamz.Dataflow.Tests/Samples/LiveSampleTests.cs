namespace Streamz.Dataflow.Tests.Samples;

[TestFixture]
public sealed class LiveSampleTests
{
    [Test]
    [CancelAfter(30_000)]
    public async Task Live_WithoutATerminal_DrawsTheGraphAndAddsUp()
    {
        var run = await SampleRun.OfAsync(["live", "--plain", "--seconds", "1"]);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(run.Output, Does.StartWith("(1) source\n└─ (2) parse: map ParseLine x2\n"));
            Assert.That(run.Output, Does.Contain("Drained; 0 elements abandoned."));
            Assert.That(run.Output, Does.Contain(" 1,609 lines emitted = "));
            Assert.That(run.Output, Does.EndWith("Everything that went in came out.\n"));
            Assert.That(run.Output, Does.Not.Contain('\u001b'));
        });
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Live_ToldToStop_DrainsAndAddsUp()
    {
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();

        var run = await SampleRun.OfAsync([], change: host => host with { Stopping = stopping.Token });

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(run.Output, Does.EndWith("Everything that went in came out.\n"));
        });
    }
}
