using System.Diagnostics;
using Streamz.Dataflow.Samples.Mandelbrot;
using Streamz.Dataflow.Samples.Running;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Samples.Mandelbrot;

[TestFixture, CancelAfter(180_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MandelbrotSampleTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    private string Picture => _directory.PathTo("picture.png");

    public void Dispose() => _directory.Dispose();

    [TestCase(64)]
    [TestCase(250)]
    [TestCase(600)]
    public async Task Mandelbrot_InThisProcess_WritesThePicture(int size)
    {
        var run = await SampleRun.OfAsync(["mandelbrot", "--size", $"{size}", "--workers", "0", "--iterations", "200", "--output", Picture]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Is.Empty);
        Assert.That(run.Output, Does.Contain("map MandelbrotRenderer.Render").And.Contain("100 %").And.EndWith($": {Picture}\n").And.Not.Contain('\u001b'));
        CheckPicture(size, iterations: 200);
    }

    [Test]
    public async Task Mandelbrot_OnTwoWorkerProcesses_WritesTheSamePictureAndLeavesNoProcess()
    {
        using var process = SampleProcess.Start("mandelbrot", "--size", "1100", "--workers", "2", "--output", Picture);
        var cluster = await process.ClusterOfAsync(workers: 2);
        var run = await process.EndAsync();

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Is.Empty);
        Assert.That(run.Output, Does.Contain("1,100 x 1,100 pixels in 25 tiles by 2 workers"));
        Assert.That(SampleProcess.WorkersOf(cluster), Is.Empty);
        CheckPicture(1_100, iterations: 1_000);
    }

    [Test, Platform("Linux")]
    public async Task Mandelbrot_WorkerKilled_WritesTheSamePicture()
    {
        using var process = SampleProcess.Start("mandelbrot", "--size", "3000", "--workers", "2", "--output", Picture);
        var cluster = await process.ClusterOfAsync(workers: 2);
        await process.ReadToAsync("tiles/s");
        using (var worker = Process.GetProcessById(SampleProcess.WorkersOf(cluster)[0]))
        {
            worker.Kill();
        }

        var run = await process.EndAsync();

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(SampleProcess.WorkersOf(cluster), Is.Empty);
        CheckPicture(3_000, iterations: 1_000);
    }

    [Test]
    public async Task Mandelbrot_Interrupted_LeavesTheFileThatWasThere()
    {
        await File.WriteAllTextAsync(Picture, "before");
        using var stopping = new CancellationTokenSource();
        using var output = new WatchingWriter(stopping);

        var run = await SampleRun.OfAsync(
            ["mandelbrot", "--size", "600", "--workers", "0", "--output", Picture],
            change: host => host with { Output = output, Stopping = stopping.Token });

        Assert.That(run.ExitCode, Is.EqualTo(130));
        Assert.That(run.Error, Is.EqualTo("mandelbrot: interrupted, no picture was written\n"));
        Assert.That(Directory.GetFiles(_directory.Path), Is.EqualTo(new[] { Picture }));
        Assert.That(await File.ReadAllTextAsync(Picture), Is.EqualTo("before"));
    }

    [Test, Platform("Linux")]
    public async Task Mandelbrot_AskedToEnd_LeavesNoFileAndNoProcess()
    {
        using var process = SampleProcess.Start("mandelbrot", "--size", "32000", "--workers", "2", "--output", Picture);
        var cluster = await process.ClusterOfAsync(workers: 2);
        await process.ReadToAsync("sink picture.AddAsync");
        process.AskToEnd();
        var run = await process.EndAsync();

        Assert.That(run.ExitCode, Is.EqualTo(130), run.Error);
        Assert.That(run.Error, Is.EqualTo("mandelbrot: interrupted, no picture was written\n"));
        Assert.That(Directory.GetFiles(_directory.Path), Is.Empty);
        Assert.That(SampleProcess.WorkersOf(cluster), Is.Empty);
    }

    [Test]
    public async Task Mandelbrot_FileThatCannotBeWritten_IsAClearError()
    {
        var missing = Path.Combine(_directory.Path, "missing", "picture.png");
        var intoNowhere = await SampleRun.OfAsync(["mandelbrot", "--workers", "0", "--output", missing]);
        var overDirectory = await SampleRun.OfAsync(["mandelbrot", "--workers", "0", "--output", _directory.Path]);

        Assert.Multiple(() =>
        {
            Assert.That(intoNowhere.ExitCode, Is.EqualTo(1));
            Assert.That(intoNowhere.Error, Does.StartWith("mandelbrot: ").And.Contain("missing"));
            Assert.That(overDirectory.ExitCode, Is.EqualTo(1));
            Assert.That(overDirectory.Error, Is.EqualTo($"mandelbrot: '{_directory.Path}' is a directory.\n"));
        });
    }

    [TestCase("--size", "63", "--size takes a whole number from 64 to 32000, not '63'.")]
    [TestCase("--size", "-64", "--size takes a whole number from 64 to 32000, not '-64'.")]
    [TestCase("--workers", "17", "--workers takes a whole number from 0 to 16, not '17'.")]
    [TestCase("--iterations", "many", "--iterations takes a whole number from 10 to 10000, not 'many'.")]
    [TestCase("--output", "", "--output takes a file.")]
    [TestCase("--color", "red", "What is '--color'?")]
    public async Task Mandelbrot_BadArguments_IsRefused(string name, string value, string message)
    {
        var run = await SampleRun.OfAsync(["mandelbrot", name, value]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith($"mandelbrot: {message}\nUsage: "));
    }

    [Test]
    public async Task Mandelbrot_RunBriefly_Succeeds()
    {
        using var output = new StringWriter();
        var host = new SampleHost { Output = TextWriter.Synchronized(output), Error = TextWriter.Null };

        Assert.That(await ((ISample)new MandelbrotSample()).RunBrieflyAsync(host).Soon(), Is.Zero);
        Assert.That(output.ToString(), Does.Contain("256 x 256 pixels in 4 tiles in this process"));
    }

    private void CheckPicture(int size, int iterations)
    {
        var picture = PngFile.Read(Picture);
        Assert.Multiple(() =>
        {
            Assert.That((picture.Width, picture.Height), Is.EqualTo((size, size)));
            Assert.That(Directory.GetFiles(_directory.Path), Is.EqualTo(new[] { Picture }));

            // Of the set: -0.1, in the large cardioid, and -1, in the disk. Not of it: the corners.
            Assert.That(picture.At(ColumnOf(-0.1, size), size / 2), Is.EqualTo(((byte)0, (byte)0, (byte)0)));
            Assert.That(picture.At(ColumnOf(-1, size), size / 2), Is.EqualTo(((byte)0, (byte)0, (byte)0)));
            Assert.That(picture.At(0, 0), Is.Not.EqualTo(((byte)0, (byte)0, (byte)0)));
            Assert.That(picture.At(size - 1, size - 1), Is.Not.EqualTo(((byte)0, (byte)0, (byte)0)));

            // No tile is missing, twice there or out of place.
            var whole = MandelbrotRenderer.Render(new MandelbrotView(size, iterations), new MandelbrotTile(0, 0, size, size));
            Assert.That(picture.Pixels.AsSpan().SequenceEqual(whole), Is.True);
        });
    }

    private static int ColumnOf(double real, int size) => (int)((real - MandelbrotView.Left) / MandelbrotView.Side * size);

    /// <summary>Asks the sample to stop as soon as it has gathered a tile.</summary>
    private sealed class WatchingWriter(CancellationTokenSource stopping) : StringWriter
    {
        public override void Write(string? value)
        {
            base.Write(value);
            if (value!.Contains("tiles/s", StringComparison.Ordinal))
            {
                stopping.Cancel();
            }
        }
    }
}
