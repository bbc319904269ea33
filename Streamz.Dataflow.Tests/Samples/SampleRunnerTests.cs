using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Tests.Samples;

[TestFixture]
public sealed class SampleRunnerTests
{
    [Test]
    public async Task Run_UnknownName_IsAClearErrorAndExitsWithTwo()
    {
        var run = await SampleRun.OfAsync(["nope"]);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(run.Output, Is.Empty);
            Assert.That(run.Error, Does.StartWith("There is no sample 'nope'. The samples are:\n  live "));
        });
    }

    [TestCase("live", "--seconds")]
    [TestCase("live", "--seconds", "-1")]
    [TestCase("live", "sideways")]
    [TestCase("access-log")]
    [TestCase("access-log", "--yaml", "-")]
    [TestCase("simulate-log", "many")]
    [TestCase("word-count", "--port", "many")]
    [TestCase("prices", "many")]
    [TestCase("prices", "--port")]
    [TestCase("web-crawler", "https://example.org")]
    [TestCase("fibonacci", "-1")]
    [TestCase("cluster", "4")]
    [TestCase("cluster-async", "--workers")]
    [TestCase("mandelbrot", "--size")]
    public async Task Run_ArgumentsThatMakeNoSense_ExitsWithTwo(params string[] arguments)
    {
        var run = await SampleRun.OfAsync(arguments);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(run.Output, Is.Empty);
            Assert.That(run.Error, Does.StartWith(arguments[0] + ": ").And.Contains("Usage: dotnet run"));
        });
    }

    [Test]
    public async Task Run_List_NamesEverySampleOnALine()
    {
        var run = await SampleRun.OfAsync(["list"]);

        Assert.That(
            run.Output.TrimEnd('\n').Split('\n').Select(line => line.Split(' ')[0]),
            Is.EqualTo(SampleCatalog.All.Select(sample => sample.Name)));
    }

    [Test]
    public async Task Run_Help_NamesTheDefault() =>
        Assert.That((await SampleRun.OfAsync(["--help"])).Output, Does.Contain("(no name)       live"));
}
