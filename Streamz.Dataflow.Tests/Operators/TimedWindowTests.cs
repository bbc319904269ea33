using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class TimedWindowTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task TimedWindow_Window_CountsFromItsFirstElement()
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.TimedWindow(5 * s_second));
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second).Soon();
        await run.Source.EmitAsync(1);
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second).Soon();
        await run.Source.EmitAsync(2);
        await run.Pipeline.AdvanceAsync(run.Clock, 20 * s_second, s_second).Soon();

        Assert.That(run.Seconds, Is.EqualTo(new[] { 8.0 }));
        Assert.That(run.Values, Is.EqualTo(new int[][] { [1, 2] }));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task TimedWindow_EmitEmpty_EmitsEveryIntervalFromTheStart()
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.TimedWindow(2 * s_second, emitEmpty: true));
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second, s_second).Soon();
        await run.Source.EmitAsync(1);
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second, s_second).Soon();

        Assert.That(run.Seconds, Is.EqualTo(new[] { 2.0, 4.0, 6.0 }));
        Assert.That(run.Values, Is.EqualTo(new int[][] { [], [1], [] }));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task TimedWindow_EmptyWindowsAreMissed_AreNotMadeUpForAndThePlanIsKept()
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.TimedWindow(10 * s_second, emitEmpty: true));
        await run.Pipeline.SettleAsync().Soon();
        run.Clock.Advance(33 * s_second);
        await run.Pipeline.SettleAsync().Soon();
        Assert.That(run.Seconds, Is.EqualTo(new[] { 33.0 }));

        await run.Pipeline.AdvanceAsync(run.Clock, 30 * s_second, s_second).Soon();

        Assert.That(run.Seconds, Is.EqualTo(new[] { 33.0, 40.0, 50.0, 60.0 }));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task TimedWindow_MaxCount_EndsTheWindowEarly()
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.TimedWindow(2 * s_second, maxCount: 2));

        await run.Source.EmitAllAsync([1, 2, 3]);
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new int[][] { [1, 2], [3] }));
        Assert.That(run.Seconds, Is.All.Zero);
    }

    [Test]
    public void TimedWindow_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.TimedWindow(TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("interval"));
        Assert.That(() => source.TimedWindow(s_second, maxCount: 0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxCount"));
        Assert.That(source.TimedWindow(s_second).Node.Label, Is.EqualTo("timed_window 1 s"));
    }

    [Test]
    public async Task TimedWindow_EmptyWindowsInALoop_DoNotKeepItFromItsEnd()
    {
        var clock = new FakeTimeProvider();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var counted = source.TimedWindow(s_second, emitEmpty: true).Flatten().Map(x => x + 1);
        counted.Filter(x => x < 3).Feedback(source, capacity: 4);
        var seen = counted.SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(0).Soon();
        source.Complete();
        await pipeline.AdvanceAsync(clock, 10 * s_second, s_second).Soon();
        await pipeline.Completion.Soon();

        Assert.That(seen, Is.EqualTo(new[] { 1, 2, 3 }));
    }
}
