using System.Text.RegularExpressions;

namespace Streamz.Dataflow.Tests.Samples;

/// <summary>The seed's programs in real time: of times, only lower bounds.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed partial class SeedSampleTests
{
    [TestCase("await")]
    [TestCase("thread")]
    [CancelAfter(30_000), DefaultMode]
    public async Task Sample_Paced_PrintsWhatIsExpected(string name)
    {
        var run = await SampleRun.OfAsync([name]);
        var lines = Timed().Matches(run.Output).Select(line => line.Groups["text"].Value).ToList();

        // Emit k is admitted when element k - 1 has left.
        List<string> expected = ["emit 0 admitted", .. Enumerable.Range(1, 9).SelectMany(k => new[] { $"write {k}", $"emit {k} admitted" }), "write 10", "drained"];
        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(lines, Is.EqualTo(expected));
            Assert.That(
                double.Parse(Timed().Matches(run.Output).Single(line => line.Groups["text"].Value == "emit 4 admitted").Groups["time"].Value, System.Globalization.CultureInfo.InvariantCulture),
                Is.GreaterThanOrEqualTo(1.8));
        });
    }

    [TestCase("cluster")]
    [TestCase("cluster-async")]
    [CancelAfter(30_000)]
    public async Task Sample_OnACluster_WritesInOrder(string name)
    {
        var run = await SampleRun.OfAsync([name]);
        var texts = Timed().Matches(run.Output).Select(line => line.Groups["text"].Value).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(texts.Where(text => text.StartsWith("write", StringComparison.Ordinal)), Is.EqualTo(Enumerable.Range(1, 10).Select(x => $"write {x}")));
            Assert.That(texts.Where(text => text.StartsWith("emit", StringComparison.Ordinal)), Is.EqualTo(Enumerable.Range(0, 10).Select(x => $"emit {x} admitted")));
            Assert.That(texts[^1], Is.EqualTo("drained"));
        });
    }

    [GeneratedRegex(@"^ *(?<time>\d+\.\d) s  (?<text>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Timed();
}
