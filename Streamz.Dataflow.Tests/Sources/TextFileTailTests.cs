using System.Text;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

/// <summary>A text file that is followed, in virtual time.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(30_000)]
internal sealed class TextFileTailTests : IDisposable
{
    private static readonly TimeSpan s_tenth = TimeSpan.FromMilliseconds(100);

    private readonly ScratchDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly string _log;

    public TextFileTailTests() => _log = _directory.PathTo("log");

    public void Dispose() => _directory.Dispose();

    [Test]
    [Parity("3.1", "test_from_file", "=")]
    public async Task Follow_LinesAppended_ComeWithTheNextLook()
    {
        File.WriteAllText(_log, "a\nb\n");
        var (pipeline, lines) = await FollowAsync();
        var atOnce = lines.ToList();

        File.AppendAllText(_log, "c\r\nd\n");
        var before = lines.Count;
        await LookAsync(pipeline);
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(atOnce, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(before, Is.EqualTo(2));
        Assert.That(lines, Is.EqualTo(new[] { "a", "b", "c", "d" }));
    }

    [Test]
    [Parity("3.1", "test_from_file_end", "=")]
    public async Task Follow_FromEnd_GivesOnlyWhatIsAppended()
    {
        File.WriteAllText(_log, "a\nb\n");
        var (pipeline, lines) = await FollowAsync(fromEnd: true);

        File.AppendAllText(_log, "c\n");
        await LookAsync(pipeline);

        Assert.That(lines, Is.EqualTo(new[] { "c" }));
    }

    [Test]
    public async Task Follow_LineNotComplete_IsKeptUntilItIs()
    {
        File.WriteAllText(_log, "a\nb");
        var (pipeline, lines) = await FollowAsync();

        File.AppendAllText(_log, "b");
        await LookAsync(pipeline);
        var before = lines.ToList();
        File.AppendAllText(_log, "b\n");
        await LookAsync(pipeline);

        Assert.That(before, Is.EqualTo(new[] { "a" }));
        Assert.That(lines, Is.EqualTo(new[] { "a", "bbb" }));
    }

    [Test]
    public async Task Follow_StoppedWithinALine_DoesNotEmitIt()
    {
        File.WriteAllText(_log, "a\nb");
        var (pipeline, lines) = await FollowAsync();

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(lines, Is.EqualTo(new[] { "a" }));
        Assert.That(_directory.FindOpenFile(), Is.Null);
    }

    [Test]
    public async Task Follow_Rotated_ReadsTheOldFileToItsEndAndThenTheNew()
    {
        File.WriteAllText(_log, "a\n");
        var (pipeline, lines) = await FollowAsync();

        File.AppendAllText(_log, "b\nc");
        File.Move(_log, _directory.PathTo("log.1"));
        File.WriteAllText(_log, "d\n");
        await LookAsync(pipeline);
        File.AppendAllText(_directory.PathTo("log.1"), "c\nlate");
        await LookAsync(pipeline);
        File.AppendAllText(_log, "e\n");
        await LookAsync(pipeline);

        Assert.That(lines, Is.EqualTo(new[] { "a", "b", "cc", "late", "d", "e" }));
    }

    [Test]
    public async Task Follow_RotatedToAFileOfTheSameLength_NoticesIt()
    {
        File.WriteAllText(_log, "a\n");
        var (pipeline, lines) = await FollowAsync();

        File.Move(_log, _directory.PathTo("log.1"));
        File.WriteAllText(_log, "b\n");
        await LookAsync(pipeline, times: 2);

        Assert.That(lines, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task Follow_RotatedAgainAndAgain_MissesNothing()
    {
        File.WriteAllText(_log, "0\n");
        var (pipeline, lines) = await FollowAsync();

        for (var i = 1; i <= 10; i++)
        {
            File.Move(_log, _directory.PathTo("log.1"), overwrite: true);
            await LookAsync(pipeline);
            File.WriteAllText(_log, $"{i}\n");
            await LookAsync(pipeline, times: 2);
        }

        Assert.That(lines, Is.EqualTo(Enumerable.Range(0, 11).Select(i => $"{i}")));
    }

    [Test]
    public async Task Follow_Truncated_BeginsAnewAndKeepsThePartsApart()
    {
        File.WriteAllText(_log, "first\nsecond\nhal");
        var (pipeline, lines) = await FollowAsync();

        File.WriteAllText(_log, "a\n");
        await LookAsync(pipeline);
        File.AppendAllText(_log, "b\n");
        await LookAsync(pipeline);

        Assert.That(lines, Is.EqualTo(new[] { "first", "second", "hal", "a", "b" }));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Follow_FileMissing_WaitsForIt(bool fromEnd)
    {
        var (pipeline, lines) = await FollowAsync(fromEnd);

        await LookAsync(pipeline, times: 3);
        File.WriteAllText(_log, "a\n");
        await LookAsync(pipeline);

        Assert.That(lines, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task Follow_DelimiterAndEncoding_AreUsed()
    {
        File.WriteAllText(_log, "{größe}\n{b", Encoding.Unicode);
        var list = StreamSource.FromTextFile(_log, follow: true, "}", encoding: Encoding.Unicode, options: Options()).SinkToList();
        await using var pipeline = list.Start();
        await pipeline.SettleAsync().Soon();

        File.AppendAllText(_log, "}", new UnicodeEncoding(bigEndian: false, byteOrderMark: false));
        await LookAsync(pipeline);

        Assert.That(list, Is.EqualTo(new[] { "{größe", "\n{b" }));
    }

    [Test]
    public async Task Follow_SlowSink_ReadsNoFurther()
    {
        File.WriteAllLines(_log, Enumerable.Range(0, 100_000).Select(i => $"{i}"));
        var release = new TaskCompletionSource();
        var count = 0;
        var pipeline = StreamSource.FromTextFile(_log, follow: false, options: Options()).Sink(async _ =>
        {
            await release.Task;
            count++;
        }).Start();
        await pipeline.SettleAsync().Soon();

        var received = pipeline.GetSnapshot().Nodes[0].Received;
        release.SetResult();
        await pipeline.Completion.Soon();

        Assert.That(received, Is.EqualTo(1));
        Assert.That(count, Is.EqualTo(100_000));
    }

    [Test]
    public void Follow_LineTooLong_FailsAndNamesTheCure()
    {
        File.WriteAllText(_log, "a\n" + new string('b', 11));
        var list = StreamSource.FromTextFile(_log, follow: true, maxLineLength: 10, options: Options()).SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion.Soon());

        Assert.That(failure!.InnerException, Is.TypeOf<InvalidDataException>().With.Message.Contains("longer than 10 characters"));
        Assert.That(list, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void FromTextFile_BadArguments_AreRefused()
    {
        Assert.That(() => StreamSource.FromTextFile("a", follow: true, delimiter: ""), Throws.ArgumentException.With.Message.Contains("from_text_file").And.Property("ParamName").EqualTo("delimiter"));
        Assert.That(() => StreamSource.FromTextFile("a", follow: true, pollInterval: TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromTextFile("a", follow: true, maxLineLength: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private async Task<(Pipeline Pipeline, SinkList<string> Lines)> FollowAsync(bool fromEnd = false)
    {
        var lines = StreamSource.FromTextFile(_log, follow: true, fromEnd: fromEnd, options: Options()).SinkToList();
        var pipeline = lines.Start();
        await pipeline.SettleAsync().Soon();
        return (pipeline, lines);
    }

    private Task LookAsync(Pipeline pipeline, int times = 1) => pipeline.AdvanceAsync(_clock, times * s_tenth, s_tenth).Soon();

    private StreamOptions Options() => new() { TimeProvider = _clock };
}
