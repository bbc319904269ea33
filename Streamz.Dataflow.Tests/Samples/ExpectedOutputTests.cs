using Streamz.Dataflow.Samples.Running;
using Streamz.Dataflow.Tests.Conventions;

namespace Streamz.Dataflow.Tests.Samples;

/// <summary>
/// Samples that have a <c>NAME.expected.txt</c> beside them print exactly that when they are run briefly. To accept a change, run the tests
/// with STREAMZ_APPROVE=1 and review the difference.
/// </summary>
[TestFixture]
internal sealed class ExpectedOutputTests
{
    private const string Suffix = ".expected.txt";

    private static IEnumerable<string> Expected => Repository.Files("Streamz.Dataflow.Samples", "*" + Suffix).Select(Repository.Relative);

    [TestCaseSource(nameof(Expected)), CancelAfter(60_000)]
    public async Task Sample_RunBriefly_PrintsWhatIsExpected(string file)
    {
        var name = Path.GetFileName(file)[..^Suffix.Length];
        var sample = SampleCatalog.All.Single(each => each.Name == name);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var host = new SampleHost { Output = TextWriter.Synchronized(output), Error = TextWriter.Synchronized(error) };

        var exitCode = await sample.RunBrieflyAsync(host).WaitAsync(TimeSpan.FromSeconds(60));
        if (Environment.GetEnvironmentVariable("STREAMZ_APPROVE") == "1")
        {
            await File.WriteAllTextAsync(Repository.PathTo(file), output.ToString());
        }

        Assert.That(error.ToString(), Is.Empty);
        Assert.That(exitCode, Is.EqualTo(ExitCode.Success));
        Assert.That(output.ToString(), Is.EqualTo((await File.ReadAllTextAsync(Repository.PathTo(file))).ReplaceLineEndings("\n")));
    }

    [Test]
    public void Samples_WithoutTimesInTheirOutput_HaveOne() =>
        Assert.That(
            Expected.Select(file => Path.GetFileName(file)[..^Suffix.Length]),
            Is.SupersetOf(new[] { "access-log", "error-policies", "fibonacci", "simulate-log", "web-crawler", "word-count" }));
}
