using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class PartitionUniqueTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    [Parity("3.1", "test_partition_unique", "=")]
    public async Task PartitionUnique_Values_FirstOrLastOfEach()
    {
        int[] inputs = [1, 2, 1, 3, 1, 3, 3, 2];
        var source = new StreamSource<int>();
        var first = source.PartitionUnique(3).SinkToList();
        var last = source.PartitionUnique(3, KeptDuplicate.Last).SinkToList();

        await source.EmitAllAsync(inputs).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(first, Is.EqualTo(new int[][] { [1, 2, 3], [1, 3, 2] }));
        Assert.That(last, Is.EqualTo(new int[][] { [2, 1, 3], [1, 3, 2] }));
    }

    [Test]
    [Parity("3.1", "test_partition_unique", "=")]
    public async Task PartitionUnique_Keys_MayBeAnyFunctionOrMember()
    {
        var texts = new StreamSource<string>();
        var byLength = texts.PartitionUnique(2, text => text.Length, KeptDuplicate.Last).SinkToList();
        await texts.EmitAllAsync(["f", "fo", "f", "foo", "f", "foo", "foo", "fo"]).Soon();
        await texts.CompleteAsync().Soon();
        Assert.That(byLength, Is.EqualTo(new string[][] { ["f", "fo"], ["f", "foo"], ["f", "foo"], ["foo", "fo"] }));

        var members = new StreamSource<Dictionary<string, int>>();
        var byMember = members.PartitionUnique(2, each => each["x"]).SinkToList();
        await members.EmitAllAsync([new() { ["x"] = 1, ["y"] = 1 }, new() { ["x"] = 1, ["y"] = 2 }, new() { ["x"] = 2, ["y"] = 3 }]).Soon();
        await members.CompleteAsync().Soon();
        Assert.That(byMember.Single().Select(each => each["y"]), Is.EqualTo(new[] { 1, 3 }));
    }

    [TestCase(KeptDuplicate.First)]
    [TestCase(KeptDuplicate.Last)]
    [Defect("D22")]
    public async Task PartitionUnique_Partition_ReleasesAllItsElementsAndThoseLeftOut(KeptDuplicate keep)
    {
        List<FollowedElement> tickets = [];
        var source = new StreamSource<int>();
        var results = source.Ticketed(tickets).PartitionUnique(2, keep).SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync([1, 1]).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(tickets.Select(ticket => ticket.Delivered.IsCompleted), Is.EqualTo(keep == KeptDuplicate.First ? new[] { false, true } : [true, false]), "One is left out.");

        await source.EmitAsync(2).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(tickets.Select(ticket => ticket.Released.IsCompleted), Is.All.True);
        await source.CompleteAsync().Soon();
        Assert.That(results, Is.EqualTo(new int[][] { [1, 2] }));
    }

    [Test]
    [Defect("D22")]
    public async Task PartitionUnique_Traced_BelongsToTheTracesOfThoseKept()
    {
        using var recorder = new TraceRecorder();
        var source = new StreamSource<int>();
        source.PartitionUnique(2).Buffer(1).Named("after unique partition").SinkToList();

        var first = await TraceRecorder.UnderNewTraceAsync(() => source.EmitAsync(1).Soon());
        await TraceRecorder.UnderNewTraceAsync(() => source.EmitAsync(1).Soon());
        var last = await TraceRecorder.UnderNewTraceAsync(() => source.EmitAsync(2).Soon());
        await source.CompleteAsync().Soon();

        Assert.That(recorder.Of("after unique partition").Select(TraceRecorder.Parents), Is.EqualTo(new[] { new[] { first, last } }));
    }

    [TestCase(KeptDuplicate.First, new[] { 1, 2 })]
    [TestCase(KeptDuplicate.Last, new[] { 2, 1 })]
    public async Task PartitionUnique_Timeout_CountsFromTheElementThatBegan(KeptDuplicate keep, int[] expected)
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.PartitionUnique(3, keep, 4 * s_second));
        foreach (var value in new[] { 1, 2, 1 })
        {
            await run.Source.EmitAsync(value);
            await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        }

        await run.Pipeline.AdvanceAsync(run.Clock, 5 * s_second, s_second).Soon();
        Assert.That(run.Seconds, Is.EqualTo(new[] { 4.0 }));
        Assert.That(run.Values, Is.EqualTo(new[] { expected }));

        // The next one has its full time; a full one takes its timer back.
        await run.Source.EmitAllAsync([7]);
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second, s_second).Soon();
        await run.Source.EmitAllAsync([8, 9]);
        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();
        await run.Source.CompleteAsync().Soon();
        Assert.That(run.Seconds, Is.EqualTo(new[] { 4.0, 11.0 }));
    }

    [Test]
    public async Task PartitionUnique_KeyFails_TheElementIsNotKept()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.PartitionUnique(2, value => value < 0 ? throw new FormatException() : value).SinkToList();

        await source.EmitAllAsync([1, -1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new int[][] { [1, 2] }));
    }

    [Test]
    public async Task PartitionUnique_NullKeyAndComparer_AreRespected()
    {
        var source = new StreamSource<string?>();
        var results = source.PartitionUnique(2, comparer: StringComparer.OrdinalIgnoreCase!).SinkToList();

        await source.EmitAllAsync([null, null, "a", "b", "B", null]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new string?[][] { [null, "a"], ["b", null] }));
    }

    [Test]
    public void PartitionUnique_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.PartitionUnique(0), OutOfRange("n", 0));
        Assert.That(() => source.PartitionUnique(2, timeout: TimeSpan.Zero), OutOfRange("timeout", TimeSpan.Zero));
        Assert.That(() => source.PartitionUnique(2, (KeptDuplicate)7), OutOfRange("keep", (KeptDuplicate)7));
        Assert.That(() => source.PartitionUnique(2, (Func<int, int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("key"));
    }

    [Test]
    public void PartitionUnique_Label_ShowsItsSettings()
    {
        var source = new StreamSource<string>();
        Assert.That(source.PartitionUnique(3).Node.Label, Is.EqualTo("partition_unique n=3"));
        Assert.That(source.PartitionUnique(3, text => text.Length, KeptDuplicate.Last, s_second).Node.Label, Is.EqualTo("partition_unique n=3 last 1 s by text => text.Length"));
    }

    private static NUnit.Framework.Constraints.EqualConstraint OutOfRange(string parameter, object value) =>
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(parameter).And.Property("ActualValue").EqualTo(value);
}
