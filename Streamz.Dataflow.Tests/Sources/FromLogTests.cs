using System.Text;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FromLogTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly InMemoryCheckpointStore _store = new();
    private readonly FakeTimeProvider _clock = new();

    private string LogPath => _directory.PathTo("log");

    private StreamOptions Options => new() { TimeProvider = _clock, Checkpoints = new CheckpointOptions(_store, "test") };

    public void Dispose() => _directory.Dispose();

    [TestCase("a\nb\n", "0-2 a|2-4 b")]
    [TestCase("a\r\nb\r\n", "0-3 a|3-6 b")]
    [TestCase("a\nincomplete", "0-2 a")]
    [TestCase("\uFEFFa\n\uFEFFb\n", "0-5 a|5-10 \uFEFFb")]
    [TestCase("größe\n\nend\n", "0-8 größe|8-9 |9-13 end")]
    [TestCase("", "")]
    [CancelAfter(30_000)]
    public async Task FromLog_Lines_ComeWithTheirPositionsInBytes(string text, string expected)
    {
        await File.WriteAllBytesAsync(LogPath, Encoding.UTF8.GetBytes(text));
        var list = StreamSource.FromLog(LogPath, "log").SinkToList();

        await list.Start().Completion;

        Assert.That(string.Join('|', list.Select(record => $"{record.Offset}-{record.Next} {record.Text}")), Is.EqualTo(expected));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromLog_LinesAcrossBlocks_ArePutTogether()
    {
        var random = new Random(3);
        var lines = Enumerable.Range(0, 300).Select(i => new string((char)('a' + (i % 26)), random.Next(3_000))).Append(new string('z', 200_000)).ToList();
        await File.WriteAllTextAsync(LogPath, string.Concat(lines.Select(line => line + "\n")));
        var list = StreamSource.FromLog(LogPath, "log").SinkToList();

        await list.Start().Completion;

        Assert.That(list.Select(record => record.Text), Is.EqualTo(lines));
        Assert.That(list.Zip(list.Skip(1)), Has.All.Matches<(LogRecord First, LogRecord Second)>(pair => pair.First.Next == pair.Second.Offset));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromLog_BytesThatAreNoText_DoNotMoveThePositions()
    {
        await File.WriteAllBytesAsync(LogPath, [0xFF, 0xFE, 0xC3, (byte)'\n', (byte)'b', (byte)'\n']);
        var list = StreamSource.FromLog(LogPath, "log").SinkToList();

        await list.Start().Completion;

        Assert.That(list[1], Is.EqualTo(new LogRecord(4, 6, "b")));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromLog_NextRun_GoesOnWhereEverythingBeforeIsDone()
    {
        await File.WriteAllTextAsync(LogPath, "a\nb\nc");
        var list = StreamSource.FromLog(LogPath, "log", options: Options).SinkToList();
        await list.Start().Completion;
        Assert.That(list.Select(record => record.Text), Is.EqualTo(new[] { "a", "b" }));

        await File.AppendAllTextAsync(LogPath, "c\nd\n");
        await list.Start().Completion;

        Assert.That(list.Select(record => record.Text), Is.EqualTo(new[] { "a", "b", "cc", "d" }));
        Assert.That(list[2].Offset, Is.EqualTo(4));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromLog_Follow_EmitsWhatIsAppended()
    {
        var list = StreamSource.FromLog(LogPath, "log", follow: true, options: Options).SinkToList();
        var pipeline = list.Start();
        await pipeline.AdvanceAsync(_clock, TimeSpan.FromSeconds(1)).Soon();

        await File.WriteAllTextAsync(LogPath, "a\nb");
        await pipeline.AdvanceAsync(_clock, TimeSpan.FromSeconds(1)).Soon();
        Assert.That(list.Select(record => record.Text), Is.EqualTo(new[] { "a" }));
        await File.AppendAllTextAsync(LogPath, "b\n");
        await pipeline.AdvanceAsync(_clock, TimeSpan.FromSeconds(1)).Soon();
        await pipeline.StopAsync(TimeSpan.FromSeconds(1)).Soon();

        Assert.That(list.Select(record => record.Text), Is.EqualTo(new[] { "a", "bb" }));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromLog_FileShorterThanWhatWasDone_IsRefusedNamingBoth()
    {
        await File.WriteAllTextAsync(LogPath, "a\nb\nc\n");
        var list = StreamSource.FromLog(LogPath, "orders", options: Options).SinkToList();
        await list.Start().Completion;
        await File.WriteAllTextAsync(LogPath, "x\n");

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion.Soon());

        Assert.That(fault.InnerException, Is.TypeOf<InvalidDataException>().With.Message.Contains(LogPath).And.Message.Contains("2 bytes").And.Message.Contains("byte 6"));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromLog_LineTooLong_FailsNamingWhereItBegins()
    {
        await File.WriteAllTextAsync(LogPath, "a\n12345\n");
        var list = StreamSource.FromLog(LogPath, "log", maxLineLength: 4).SinkToList();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion.Soon());

        Assert.That(fault.InnerException, Is.TypeOf<InvalidDataException>().With.Message.Contains("byte 2"));
        Assert.That(list.Select(record => record.Text), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void FromLog_BadArguments_AreRefused()
    {
        Assert.That(() => StreamSource.FromLog("log", ""), Throws.ArgumentException.With.Property("ParamName").EqualTo("name"));
        Assert.That(() => StreamSource.FromLog("log", "log", maxLineLength: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromLog("log", "log", pollInterval: TimeSpan.Zero), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("pollInterval"));
        Assert.That(() => new CheckpointOptions(_store, "x") { Interval = TimeSpan.Zero }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new CheckpointOptions(_store, "x") { Every = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
