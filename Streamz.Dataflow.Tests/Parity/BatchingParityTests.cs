using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>What streamz pins of partitions and windows, in virtual time.</summary>
[TestFixture]
public sealed class BatchingParityTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    [Parity("3.1", "test_partition", "=")]
    public async Task Partition_OfTwo_EmitsPairs()
    {
        var source = new StreamSource<int>();
        var pairs = source.Partition(2).SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(pairs, Is.EqualTo(new int[][] { [0, 1], [2, 3], [4, 5], [6, 7], [8, 9] }));
    }

    [Test]
    [Parity("3.1", "test_partition_timeout", "=")]
    public async Task Partition_TimeIsUp_EmitsWhatThereIs()
    {
        var (source, clock) = VirtualSource();
        var batches = source.Partition(10, s_second).SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync(Enumerable.Range(0, 5)).Soon();
        await pipeline.AdvanceAsync(clock, s_second - TimeSpan.FromTicks(1)).Soon();
        Assert.That(batches, Is.Empty);
        await pipeline.AdvanceAsync(clock, TimeSpan.FromTicks(1)).Soon();

        Assert.That(batches, Is.EqualTo(new int[][] { [0, 1, 2, 3, 4] }));
        await source.CompleteAsync().Soon();
    }

    [Test]
    [Parity("3.1", "test_partition_timeout_cancel", "=")]
    public async Task Partition_FullBeforeItsTime_NextHasItsFullTime()
    {
        var (source, clock) = VirtualSource();
        var batches = source.Partition(2, s_second).SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(0).Soon();
        await pipeline.AdvanceAsync(clock, s_second * 0.6).Soon();
        await source.EmitAllAsync([1, 2]).Soon();
        await pipeline.AdvanceAsync(clock, s_second * 0.6).Soon();
        Assert.That(batches, Is.EqualTo(new int[][] { [0, 1] }), "The time of the first partition is no concern of the second.");
        await pipeline.AdvanceAsync(clock, s_second * 0.4).Soon();

        Assert.That(batches, Is.EqualTo(new int[][] { [0, 1], [2] }));
        await source.CompleteAsync().Soon();
    }

    [Test]
    [Parity("3.1", "test_partition_key", "=")]
    public async Task Partition_ByMember_GroupsFillIndependently()
    {
        var source = new StreamSource<(string Key, int Value)>();
        var batches = source.Partition(2, element => element.Key).SinkToList();

        await source.EmitAllAsync([("a", 1), ("b", 1), ("b", 2), ("a", 2), ("b", 3)]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(batches, Is.EqualTo(new (string, int)[][] { [("b", 1), ("b", 2)], [("a", 1), ("a", 2)], [("b", 3)] }), "The rest leaves at the end.");
    }

    [Test]
    [Parity("3.1", "test_partition_key_callable", "=")]
    public async Task Partition_ByFunction_GroupsLeaveInTheOrderTheyFill()
    {
        var source = new StreamSource<int>();
        var batches = source.Partition(3, x => x % 2).SinkToList();

        await source.EmitAllAsync([1, 2, 3, 4, 6, 5]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(batches, Is.EqualTo(new int[][] { [2, 4, 6], [1, 3, 5] }));
    }

    [Test]
    [Parity("3.1", "test_partition_size_one", "=")]
    public async Task Partition_OfOneWithTimeout_PassesAtOnce()
    {
        var (source, clock) = VirtualSource();
        var batches = source.Partition(1, s_second).SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync([1, 2]).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(batches, Is.EqualTo(new int[][] { [1], [2] }));
        await pipeline.AdvanceAsync(clock, s_second * 3).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(batches, Has.Count.EqualTo(2));
    }

    [Test]
    [Parity("3.1", "test_partition_ref_counts", "=")]
    public async Task Partition_Filling_HoldsItsMembers()
    {
        var source = new StreamSource<int>();
        source.Partition(2).SinkToList();
        var pipeline = source.Start();

        var first = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        Assert.That(first.IsCompleted, Is.False);
        var second = source.DeliverAsync(2);

        Assert.That(await Task.WhenAll(first, second).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered));
    }

    [Test]
    [Parity("3.1", "test_sliding_window", "=")]
    public async Task SlidingWindow_PartialOrNot_EmitsTheLast()
    {
        var source = new StreamSource<int>();
        var partial = source.SlidingWindow(2).SinkToList();
        var full = source.SlidingWindow(2, returnPartial: false).SinkToList();

        await source.EmitAllAsync([0, 1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(partial, Is.EqualTo(new int[][] { [0], [0, 1], [1, 2] }));
        Assert.That(full, Is.EqualTo(new int[][] { [0, 1], [1, 2] }));
    }

    [Test]
    [Parity("3.1", "test_timed_window", "!")]
    public async Task TimedWindow_IdleTime_EmitsEmptyWindowsOnRequestOnly()
    {
        var (source, clock) = VirtualSource();
        var windows = source.TimedWindow(s_second).SinkToList();
        var always = source.TimedWindow(s_second, emitEmpty: true).SinkToList();
        var pipeline = source.Start();
        await pipeline.SettleAsync().Soon();

        await source.EmitAllAsync([1, 2, 3]).Soon();
        await pipeline.AdvanceAsync(clock, s_second).Soon();
        await pipeline.AdvanceAsync(clock, s_second).Soon();
        await source.EmitAllAsync([4]).Soon();
        await pipeline.AdvanceAsync(clock, s_second).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(windows, Is.EqualTo(new int[][] { [1, 2, 3], [4] }));
        Assert.That(always, Is.EqualTo(new int[][] { [1, 2, 3], [], [4] }));
    }

    [Test]
    [Parity("3.1", "test_timed_window_ref_counts", "=")]
    public async Task TimedWindow_Open_HoldsItsMembers()
    {
        var (source, clock) = VirtualSource();
        var windows = source.TimedWindow(s_second).SinkToList();
        var pipeline = source.Start();

        var delivery = source.DeliverAsync(1);
        await pipeline.AdvanceAsync(clock, s_second / 2).Soon();
        Assert.That(delivery.IsCompleted, Is.False);
        await pipeline.AdvanceAsync(clock, s_second / 2).Soon();

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(windows, Has.Count.EqualTo(1));
        await source.CompleteAsync().Soon();
    }

    [Test]
    [Parity("3.1", "test_timed_window_backpressure", "=")]
    public async Task TimedWindow_SlowSink_SlowsTheEmitter()
    {
        var (source, clock) = VirtualSource();
        var writer = new GatedWriter<IReadOnlyList<int>>();
        source.TimedWindow(s_second, maxCount: 2, options: new NodeOptions { Capacity = 2 }).Sink(writer.WriteAsync, options: new NodeOptions { Capacity = 1 });
        var pipeline = source.Start();

        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 20));
        await pipeline.AdvanceAsync(clock, s_second).Soon();
        Assert.That(emits.IsCompleted, Is.False, "The sink is at its first window.");
        Assert.That(writer.Started, Is.EqualTo(new int[][] { [0, 1] }));
        for (var window = 0; window < 9; window++)
        {
            writer.Finish();
            await pipeline.AdvanceAsync(clock, s_second).Soon();
        }

        writer.Finish();
        await emits.Soon();
        await source.CompleteAsync().Soon();
        Assert.That(writer.Finished.SelectMany(window => window), Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [Test]
    [Parity("3.1", "test_timed_window_timedelta", "~")]
    [Parity("3.1", "test_timed_window_str", "~")]
    public void TimedWindow_Text_ShowsTheIntervalWithItsUnit()
    {
        var source = new StreamSource<int>();

        Assert.That(source.TimedWindow(TimeSpan.FromMilliseconds(10)).ToString(), Is.EqualTo("timed_window 10 ms"));
        Assert.That(source.TimedWindow(TimeSpan.FromSeconds(0.05)).ToString(), Is.EqualTo("timed_window 50 ms"));
    }

    [Test]
    [Parity("3.1", "test_partition_str", "~")]
    public void Partition_Text_ShowsItsSize() =>
        Assert.That(new StreamSource<int>().Partition(2).ToString(), Is.EqualTo("partition n=2"));

    [Test]
    [Parity("3.1", "test_buffer_after_partition", "=")]
    public async Task Buffer_BehindPartition_GetsPartitions()
    {
        var source = new StreamSource<int>();
        var batches = source.Partition(1).Buffer(1).SinkToList();

        await source.EmitAllAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(batches, Is.EqualTo(new int[][] { [1], [2] }));
    }

    [Test]
    [Parity("3.1", "test_buffer_after_timed_window", "=")]
    public async Task Buffer_BehindTimedWindow_GetsWindows()
    {
        var (source, clock) = VirtualSource();
        var windows = source.TimedWindow(s_second).Buffer(1).SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync([1, 2]).Soon();
        await pipeline.AdvanceAsync(clock, s_second).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(windows, Is.EqualTo(new int[][] { [1, 2] }));
    }

    [Test]
    [Parity("3.1", "test_buffer_after_sliding_window", "=")]
    public async Task Buffer_BehindSlidingWindow_GetsWindows()
    {
        var source = new StreamSource<int>();
        var windows = source.SlidingWindow(2).Buffer(1).SinkToList();

        await source.EmitAllAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(windows, Is.EqualTo(new int[][] { [1], [1, 2] }));
    }

    private static (StreamSource<int> Source, FakeTimeProvider Clock) VirtualSource()
    {
        var clock = new FakeTimeProvider();
        return (new StreamSource<int>(new StreamOptions { TimeProvider = clock }), clock);
    }
}
