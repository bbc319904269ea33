using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>Defects of streamz in the life of sources, and in deep and cyclic graphs.</summary>
[TestFixture]
public sealed class SourceDefectTests
{
    private static readonly TimeSpan s_tenth = TimeSpan.FromMilliseconds(100);

    [Test]
    [Defect("D13")]
    public async Task Source_Failed_SaysSoAndStartsAgain()
    {
        var fails = true;
        var source = StreamSource.FromEnumerable(Items());
        var values = source.SinkToList();

        var first = source.Start();
        var failure = Assert.ThrowsAsync<NodeFailedException>(async () => await first.Completion.Soon());
        Assert.That(failure!.NodeName, Is.EqualTo("from_enumerable"));
        fails = false;
        await source.Start().Completion.Soon();

        Assert.That(values, Is.EqualTo(new[] { 0, 1, 0, 1, 2 }));

        IEnumerable<int> Items()
        {
            yield return 0;
            yield return 1;
            yield return fails ? throw new InvalidDataException("broken") : 2;
        }
    }

    [Test]
    [Defect("D14")]
    public async Task FromPeriodic_StoppedAndStartedAgain_RunsOnce()
    {
        var clock = new FakeTimeProvider();
        var count = 0;
        var values = StreamSource.FromPeriodic(s_tenth, () => ++count, new StreamOptions { TimeProvider = clock }).SinkToList();
        var first = values.Start();
        await first.AdvanceAsync(clock, s_tenth / 2).Soon();
        await first.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        Assert.That(count, Is.EqualTo(1));

        var second = values.Start();
        Assert.That(() => values.Start(), Throws.InvalidOperationException.With.Message.Contains("running already"));
        await second.AdvanceAsync(clock, s_tenth * 10, s_tenth).Soon();
        await second.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        Assert.That(count, Is.EqualTo(1 + 11), "At once, and ten times in a second.");
    }

    [TestCase(true)]
    [TestCase(false)]
    [Defect("D34")]
    public async Task Graph_OfTwoThousandNodes_RunsAndStops(bool fuse)
    {
        var source = new StreamSource<int>(new StreamOptions { Fuse = fuse });
        Stream<int> stream = source;
        for (var i = 0; i < 2000; i++)
        {
            stream = stream.Map(x => x + 1);
        }

        var results = stream.SinkToList();
        await source.EmitAllAsync([0, 1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 2000, 2001, 2002 }));
    }

    [Test]
    [Defect("D34")]
    public async Task Graph_WithALoop_RunsAndEnds()
    {
        var source = new StreamSource<int>();
        var next = source.Map(x => x - 1);
        var seen = next.SinkToList();
        next.Filter(x => x > 0).Feedback(source, 4);
        var pipeline = source.Start();

        await source.EmitAsync(5_000).Soon();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();

        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 5_000).Reverse()));
        Assert.That((await pipeline.StopAsync(TimeSpan.Zero).Soon()).Abandoned, Is.Zero);
    }
}
