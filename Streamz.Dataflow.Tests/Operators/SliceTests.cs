using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class SliceTests
{
    [TestCase(0, null, 1, new[] { 0, 1, 2, 3, 4, 5 })]
    [TestCase(0, 3, 1, new[] { 0, 1, 2 })]
    [TestCase(2, null, 1, new[] { 2, 3, 4, 5 })]
    [TestCase(0, null, 2, new[] { 0, 2, 4 })]
    [TestCase(1, null, 2, new[] { 1, 3, 5 })]
    [TestCase(1, 5, 3, new[] { 1, 4 })]
    [TestCase(3, 1, 1, new int[0])]
    [TestCase(0, 0, 1, new int[0])]
    [TestCase(2, 100, 3, new[] { 2, 5 })]
    [Parity("3.1", "test_slice", "!")]
    [Defect("D21")]
    public async Task Slice_StartEndStep_IsTheSliceOfAList(int start, int? end, int step, int[] expected)
    {
        var source = new StreamSource<int>();
        var results = source.Slice(start, end, step).SinkToList();

        foreach (var value in Enumerable.Range(0, 6))
        {
            // The slice may be over before the stream is.
            if (!await TryEmitAsync(source, value))
            {
                break;
            }
        }

        await source.CompleteAsync().Soon();
        Assert.That(results, Is.EqualTo(expected));
    }

    [Test, DefaultMode]
    [Defect("D21")]
    public async Task Slice_SlowSink_HoldsBackTheEmitter()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.Slice(1, step: 2).Sink(writer.WriteAsync);
        var pipeline = source.Start();

        var emits = Enumerable.Range(0, 6).Select(value => source.EmitAsync(value).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();
        Assert.That(emits.Count(emit => emit.IsCompleted), Is.EqualTo(2), "The one that was left out, and the one that is being written.");

        writer.Finish(3);
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(writer.Finished, Is.EqualTo(new[] { 1, 3, 5 }));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Slice_EndReached_StopsASourceThatNeverEnds([Values(0, 2)] int start)
    {
        var results = StreamSource.FromEnumerable(Enumerable.InfiniteSequence(0, 1)).Slice(start, 2).SinkToList();

        await results.Start().Completion.Soon();

        Assert.That(results, Is.EqualTo(start == 0 ? [0, 1] : Array.Empty<int>()));
    }

    [Test]
    public async Task Slice_NothingCanPass_RefusesEmits()
    {
        var source = new StreamSource<int>();
        source.Slice(3, 1).SinkToList();
        var pipeline = source.Start();

        await pipeline.Completion.Soon();

        Assert.That(async () => await source.EmitAsync(1).Soon(), Throws.TypeOf<PipelineClosedException>());
    }

    [Test]
    public async Task Slice_Range_CountsFromTheStart()
    {
        var source = new StreamSource<int>();
        var results = source.Slice(1..).SinkToList();

        await source.EmitAllAsync([1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 2, 3 }));
    }

    [Test]
    public async Task Slice_StartedAgain_CountsAnew()
    {
        var source = new StreamSource<int>();
        var results = source.Slice(1).SinkToList();

        for (var run = 0; run < 2; run++)
        {
            source.Start();
            await source.EmitAllAsync([1, 2]).Soon();
            await source.CompleteAsync().Soon();
        }

        Assert.That(results, Is.EqualTo(new[] { 2, 2 }));
    }

    [Test]
    public async Task Slice_StepBeyondAllPositions_DoesNotWrapAround()
    {
        var source = new StreamSource<int>();
        var results = source.Slice(1, step: long.MaxValue).SinkToList();

        await source.EmitAllAsync([1, 2, 3, 4]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    [Parity("3.1", "test_slice_err", "=")]
    public void Slice_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Slice(-1), OutOfRange("start", -1L));
        Assert.That(() => source.Slice(0, -2), OutOfRange("end", -2L));
        Assert.That(() => source.Slice(step: 0), OutOfRange("step", 0L));
        Assert.That(() => source.Slice(^2..), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("range").And.Message.Contains("from the start"));
        Assert.That(() => source.Slice(..^1), OutOfRange("range", ..^1));
    }

    [Test]
    public void Slice_Label_ShowsItsPositions()
    {
        var source = new StreamSource<int>();
        Assert.That(source.Slice(1).Node.Label, Is.EqualTo("slice 1.."));
        Assert.That(source.Slice(2..5, step: 2).Node.Label, Is.EqualTo("slice 2..5 step 2"));
    }

    private static async Task<bool> TryEmitAsync(StreamSource<int> source, int value)
    {
        try
        {
            await source.EmitAsync(value).Soon();
            return true;
        }
        catch (PipelineClosedException)
        {
            return false;
        }
    }

    private static NUnit.Framework.Constraints.EqualConstraint OutOfRange(string parameter, object value) =>
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(parameter).And.Property("ActualValue").EqualTo(value);
}
