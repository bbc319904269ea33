using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FromFileNamesTests : IDisposable
{
    private static readonly TimeSpan s_tenth = TimeSpan.FromMilliseconds(100);

    private readonly ScratchDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _directory.Dispose();

    [Test, CancelAfter(30_000)]
    [Parity("3.1", "test_filenames", "=")]
    public async Task FromFileNames_Directory_GivesThoseThereInOrderAndThoseToCome()
    {
        Make("b", "a");
        var list = StreamSource.FromFileNames(_directory.Path, options: Options()).SinkToList();
        await using var pipeline = list.Start();
        await pipeline.SettleAsync().Soon();
        var atOnce = Names(list);

        Make("d", "c");
        await pipeline.AdvanceAsync(_clock, s_tenth).Soon();
        await pipeline.AdvanceAsync(_clock, 5 * s_tenth, s_tenth).Soon();

        Assert.That(atOnce, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(Names(list), Is.EqualTo(new[] { "a", "b", "c", "d" }));
        Assert.That(list[0], Is.EqualTo(_directory.PathTo("a")));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromFileNames_Pattern_GivesFilesThatMatch()
    {
        Make("a.json", "b.txt", "c.json", "json");
        Directory.CreateDirectory(_directory.PathTo("d.json"));
        var list = StreamSource.FromFileNames(_directory.PathTo("*.json"), options: Options()).SinkToList();
        await using var pipeline = list.Start();

        await pipeline.SettleAsync().Soon();

        Assert.That(Names(list), Is.EqualTo(new[] { "a.json", "c.json" }));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromFileNames_NameGoneAndBack_IsNew()
    {
        Make("a");
        var list = StreamSource.FromFileNames(_directory.Path, options: Options()).SinkToList();
        await using var pipeline = list.Start();
        await pipeline.SettleAsync().Soon();

        File.Delete(_directory.PathTo("a"));
        await pipeline.AdvanceAsync(_clock, s_tenth).Soon();
        Make("a");
        await pipeline.AdvanceAsync(_clock, s_tenth).Soon();

        Assert.That(Names(list), Is.EqualTo(new[] { "a", "a" }));
    }

    [Test, CancelAfter(30_000)]
    public void FromFileNames_MoreNamesThanAllowed_FailsAndNamesTheCure()
    {
        Make("a", "b", "c");
        var list = StreamSource.FromFileNames(_directory.Path, maxNames: 2, options: Options()).SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion.Soon());

        Assert.That(failure!.InnerException, Has.Message.Contains("more than 2 files").And.Message.Contains("maxNames"));
    }

    [Test, CancelAfter(30_000)]
    public void FromFileNames_DirectoryMissing_FailsUnderItsName()
    {
        var list = StreamSource.FromFileNames(_directory.PathTo("missing"), options: Options()).Named("inbox").SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion.Soon());

        Assert.That(failure!.NodeName, Is.EqualTo("inbox"));
        Assert.That(failure.InnerException, Is.TypeOf<DirectoryNotFoundException>());
    }

    [Test]
    public void FromFileNames_BadArguments_AreRefused()
    {
        Assert.That(() => StreamSource.FromFileNames("a*/b"), Throws.ArgumentException.With.Message.Contains("a*/b").And.Message.Contains("Union"));
        Assert.That(() => StreamSource.FromFileNames("a", TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromFileNames("a", maxNames: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static List<string?> Names(IEnumerable<string> paths) => [.. paths.Select(Path.GetFileName)];

    private StreamOptions Options() => new() { TimeProvider = _clock };

    private void Make(params string[] names)
    {
        foreach (var name in names)
        {
            File.WriteAllText(_directory.PathTo(name), "");
        }
    }
}
