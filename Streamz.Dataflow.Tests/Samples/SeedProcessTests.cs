using System.Text.RegularExpressions;

namespace Streamz.Dataflow.Tests.Samples;

/// <summary>The seed's programs whose workers are processes.</summary>
[TestFixture, CancelAfter(180_000)]
public sealed partial class SeedProcessTests
{
    [TestCase("cluster")]
    [TestCase("cluster-async")]
    public async Task Sample_OnTwoWorkerProcesses_WritesInOrderAndLeavesNoProcess(string name)
    {
        using var process = SampleProcess.Start(name, "--workers", "2");
        var cluster = await process.ClusterOfAsync(workers: 2);
        var run = await process.EndAsync();
        var texts = Timed().Matches(run.Output).Select(line => line.Groups["text"].Value).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(run.Error, Is.Empty);
            Assert.That(texts.Where(text => text.StartsWith("write", StringComparison.Ordinal)), Is.EqualTo(Enumerable.Range(1, 10).Select(x => $"write {x}")));
            Assert.That(texts.Where(text => text.StartsWith("emit", StringComparison.Ordinal)), Is.EqualTo(Enumerable.Range(0, 10).Select(x => $"emit {x} admitted")));
            Assert.That(texts[^1], Is.EqualTo("drained"));
            Assert.That(SampleProcess.WorkersOf(cluster), Is.Empty);
        });
    }

    [Test, Platform("Linux")]
    public async Task Sample_AskedToEnd_DrainsAndLeavesNoProcess()
    {
        using var process = SampleProcess.Start("cluster", "--workers", "1");
        var cluster = await process.ClusterOfAsync(workers: 1);
        await process.ReadToAsync("write 1");
        process.AskToEnd();
        var run = await process.EndAsync();
        var texts = Timed().Matches(run.Output).Select(line => line.Groups["text"].Value).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(
                texts.Count(text => text.StartsWith("write", StringComparison.Ordinal)),
                Is.EqualTo(texts.Count(text => text.StartsWith("emit", StringComparison.Ordinal))));
            Assert.That(texts[^1], Is.EqualTo("drained"));
            Assert.That(SampleProcess.WorkersOf(cluster), Is.Empty);
        });
    }

    [Test, Platform("Linux")]
    public async Task Sample_Killed_WorkersEndByThemselves(CancellationToken cancellation)
    {
        using var process = SampleProcess.Start("cluster", "--workers", "2");
        var cluster = await process.ClusterOfAsync(workers: 2);
        await process.ReadToAsync("write 1");
        process.Kill();
        await process.EndAsync();

        while (SampleProcess.WorkersOf(cluster) is { Count: > 0 })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellation);
        }
    }

    [TestCase("--workers")]
    [TestCase("--workers", "0")]
    [TestCase("--workers", "17")]
    [TestCase("--workers", "two")]
    [TestCase("--workers", "2", "3")]
    [TestCase("2")]
    public async Task Sample_BadArguments_AreRefused(params string[] arguments)
    {
        foreach (var name in new[] { "cluster", "cluster-async" })
        {
            var run = await SampleRun.OfAsync([name, .. arguments]);

            Assert.Multiple(() =>
            {
                Assert.That(run.ExitCode, Is.EqualTo(2));
                Assert.That(run.Output, Is.Empty);
                Assert.That(run.Error, Does.StartWith($"{name}: ").And.Contains($"-- {name} [--workers N]\n"));
            });
        }
    }

    [GeneratedRegex(@"^ *\d+\.\d s  (?<text>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Timed();
}
