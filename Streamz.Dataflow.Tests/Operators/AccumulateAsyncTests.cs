using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class AccumulateAsyncTests
{
    [Test]
    public async Task Accumulate_AsynchronousWithoutSeed_EmitsTheFirstElementAsItIs()
    {
        var source = new StreamSource<string>();
        var calls = 0;
        var results = source.Accumulate(async (state, text) =>
        {
            calls++;
            await Task.Yield();
            return state + text;
        }).SinkToList();

        await source.EmitAllAsync(["a", "b", "c"]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { "a", "ab", "abc" }));
        Assert.That(calls, Is.EqualTo(2));
    }

    [Test]
    public async Task Accumulate_AsynchronousStateAndResult_EmitsTheResult()
    {
        var source = new StreamSource<int>();
        var results = source.Accumulate(0, async (int count, int value) =>
        {
            await Task.Yield();
            return (count + 1, $"{count}:{value}");
        }).SinkToList();

        await source.EmitAllAsync([7, 8]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { "0:7", "1:8" }));
    }

    [Test]
    public async Task Accumulate_AsynchronousElementFails_LeavesTheStateUnchanged([Values] bool early)
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Accumulate(0, async (sum, value) =>
        {
            if (!early)
            {
                await Task.Yield();
            }

            return value < 0 ? throw new ArithmeticException() : sum + value;
        }).SinkToList();

        await source.EmitAllAsync([1, -1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public async Task Accumulate_AsynchronousFirstElementOfNoSeed_IsStateOnlyOnce()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Accumulate((int sum, int value) => value < 0 ? (Task<int>)null! : Task.FromResult(sum + value)).SinkToList();

        await source.EmitAllAsync([1, -1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public async Task Accumulate_Asynchronous_PacesEmittersExactly()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.Accumulate(0, async (_, value) => await writer.CallAsync(value)).SinkToList();
        var pipeline = source.Start();

        var emits = source.EmitTogetherAsync([1, 2, 3]);
        await pipeline.SettleAsync().Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1 }), "The next fold needs the state of the one before.");

        writer.Finish(3);
        await emits.Soon();
        await source.CompleteAsync().Soon();
        Assert.That(writer.Finished, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public async Task Accumulate_StartedAgain_BeginsWithTheSeed()
    {
        var source = new StreamSource<int>();
        var results = source.Accumulate(10, async (sum, value) =>
        {
            await Task.Yield();
            return sum + value;
        }).SinkToList();

        for (var run = 0; run < 2; run++)
        {
            source.Start();
            await source.EmitAllAsync([1, 2]).Soon();
            await source.CompleteAsync().Soon();
        }

        Assert.That(results, Is.EqualTo(new[] { 11, 13, 11, 13 }));
    }

    [Test]
    public void Accumulate_AsynchronousNullDelegate_NamesTheParameter()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Accumulate((Func<int, int, Task<int>>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("accumulate"));
        Assert.That(() => source.Scan(0, (Func<int, int, ValueTask<int>>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("accumulate"));
    }

    [Test]
    public void Accumulate_Asynchronous_MayWaitAndShowsItsDelegate()
    {
        var node = new StreamSource<int>().Accumulate(0, AddAsync).Node;

        Assert.That(node.Label, Is.EqualTo("accumulate AddAsync"));
        Assert.That(node.MayWait, Is.True);

        static ValueTask<int> AddAsync(int sum, int value) => new(sum + value);
    }
}
