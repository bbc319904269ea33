using System.Text;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sinks;

internal sealed class SinkToTextFileTests
{
    private string _path = null!;

    [SetUp]
    public void MakeFile() => _path = Path.GetTempFileName();

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [Test]
    [Parity("3.3", "test_sink_to_textfile_fp", "=")]
    public async Task SinkToTextFile_Writer_IsWrittenToFlushedAndLeftOpen()
    {
        var source = new StreamSource<string>();
        await using var buffer = new MemoryStream();
        await using var writer = new StreamWriter(buffer);
        source.SinkToTextFile(writer);

        await source.EmitAllAsync(["a", "b"]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(Encoding.UTF8.GetString(buffer.ToArray()), Is.EqualTo("a\nb\n"));
        await writer.WriteAsync("still open");
    }

    [Test]
    [Parity("3.3", "test_sink_to_textfile_named", "=")]
    public async Task SinkToTextFile_Path_IsAppendedTo()
    {
        await File.WriteAllTextAsync(_path, "before\n");
        var source = new StreamSource<string>();
        source.SinkToTextFile(_path);

        await source.EmitAllAsync(["a", null!, "ü"]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(await File.ReadAllBytesAsync(_path), Is.EqualTo(Encoding.UTF8.GetBytes("before\na\n\nü\n")), "A null is an empty line; there is no mark.");
    }

    [Test]
    [Parity("3.1", "test_sink_to_file", "=")]
    public async Task SinkToTextFile_Overwriting_EachRunBeginsWithAnEmptyFile()
    {
        await File.WriteAllTextAsync(_path, "before\n");
        var source = new StreamSource<string>();
        source.SinkToTextFile(_path, append: false, newLine: ";\r\n", Encoding.Unicode);

        foreach (var text in new[] { "a", "b" })
        {
            source.Start();
            await source.EmitAsync(text).Soon();
            await source.CompleteAsync().Soon();
        }

        Assert.That(await File.ReadAllBytesAsync(_path), Is.EqualTo(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("b;\r\n"))));
    }

    [Test]
    [Parity("3.3", "test_sink_to_textfile_closes", "!")]
    public async Task SinkToTextFile_AnyEnd_ClosesTheFileWithAllThatWasWritten([Values("end", "fault", "abort")] string how)
    {
        var source = new StreamSource<string>();
        source.SinkToTextFile(_path);
        source.Filter(text => text == "fails").Sink(text => throw new FormatException(text));
        var pipeline = source.Start();
        await source.DeliverAsync("a").Soon();

        switch (how)
        {
            case "end":
                await source.CompleteAsync().Soon();
                break;
            case "fault":
                await source.EmitAsync("fails").Soon();
                break;
            default:
                await pipeline.StopAsync(TimeSpan.Zero).Soon();
                break;
        }

        await pipeline.Completion.Soon().ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.That(pipeline.Completion.IsCompleted, Is.True);
        await using var exclusive = new FileStream(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using var reader = new StreamReader(exclusive);
        Assert.That(await reader.ReadLineAsync(), Is.EqualTo("a"));
    }

    [Test]
    public async Task SinkToTextFile_AutoFlush_ReadersSeeADeliveredLine()
    {
        var source = new StreamSource<string>();
        source.SinkToTextFile(_path, autoFlush: true);

        await source.DeliverAsync("a").Soon();
        Assert.That(await File.ReadAllTextAsync(_path), Is.EqualTo("a\n"));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task SinkToTextFile_SlowWriter_HoldsBackTheEmitter()
    {
        var gate = new GatedWriter<string>();
        var source = new StreamSource<string>();
        source.SinkToTextFile(new SlowWriter(gate));
        var pipeline = source.Start();

        var emits = source.EmitTogetherAsync(["a", "b"]);
        await pipeline.SettleAsync().Soon();
        Assert.That((gate.Started.Count, emits.IsCompleted), Is.EqualTo((1, false)));
        gate.Finish(2);
        await emits.Soon();
        await source.CompleteAsync().Soon();

        Assert.That(gate.Finished, Is.EqualTo(new[] { "a\n", "b\n" }));
    }

    [Test]
    public async Task SinkToTextFile_FileThatCannotBeOpened_FailsThePipelineAtTheStart()
    {
        var source = new StreamSource<string>();
        source.SinkToTextFile(Path.Combine(_path, "under a file.txt"), options: new NodeOptions { Name = "log" });
        var pipeline = source.Start();

        Assert.That(
            async () => await pipeline.Completion.Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("log").And.InnerException.InstanceOf<IOException>());
        await Task.CompletedTask;
    }

    [Test]
    public async Task SinkToTextFile_FlushFailsAtTheEnd_FailsThePipeline()
    {
        var source = new StreamSource<string>();
        source.SinkToTextFile(new BrokenWriter());
        var pipeline = source.Start();
        await source.DeliverAsync("a").Soon();

        source.Complete();

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<IOException>());
    }

    [Test]
    public void SinkToTextFile_BadArguments_AreNamed()
    {
        var source = new StreamSource<string>();
        Assert.That(() => source.SinkToTextFile(""), Throws.ArgumentException.With.Property("ParamName").EqualTo("path"));
        Assert.That(() => source.SinkToTextFile(_path, newLine: null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("newLine"));
        Assert.That(() => source.SinkToTextFile((TextWriter)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("writer"));
        Assert.That(source.SinkToTextFile("folder/lines.txt").Node.Label, Is.EqualTo("sink_to_text_file lines.txt"));
    }

    private sealed class SlowWriter(GatedWriter<string> gate) : StringWriter
    {
        public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) => gate.WriteAsync(new string(buffer.Span));
    }

    private sealed class BrokenWriter : StringWriter
    {
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.FromException(new IOException("The disk is full."));

        public override Task FlushAsync() => FlushAsync(default);
    }
}
