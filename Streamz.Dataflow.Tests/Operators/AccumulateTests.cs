namespace Streamz.Dataflow.Tests.Operators;

internal sealed class AccumulateTests
{
    [Test]
    public async Task Accumulate_NoSeed_EmitsTheFirstElementAsItIs()
    {
        var source = new StreamSource<string>();
        var results = source.Accumulate((state, text) => state + text).SinkToList();

        await source.EmitAllAsync(["a", "b", "c"]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { "a", "ab", "abc" }));
    }

    [Test]
    public async Task Accumulate_Seed_IsNotEmittedAndMayBeNull()
    {
        var source = new StreamSource<int>();
        var results = source.Accumulate((string?)null, (state, value) => state + value).SinkToList();

        await source.EmitAllAsync([1, 2]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { "1", "12" }));
    }

    [Test]
    public async Task Accumulate_StateAndResult_EmitsTheResult()
    {
        var source = new StreamSource<int>();
        var results = source.Accumulate(0, (int count, int value) => (count + 1, $"{count}:{value}")).SinkToList();

        await source.EmitAllAsync([7, 8]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { "0:7", "1:8" }));
    }

    [Test]
    public async Task Accumulate_ElementFails_LeavesTheStateUnchanged()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Accumulate(0, (sum, value) => value < 0 ? throw new ArithmeticException() : sum + value).SinkToList();

        await source.EmitAllAsync([1, -1, 2]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public void Accumulate_NullDelegate_NamesTheParameter()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Accumulate((Func<int, int, int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("accumulate"));
        Assert.That(() => source.Accumulate(0, (Func<int, int, int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("accumulate"));
    }

    [Test]
    public void Accumulate_StateIsATask_IsRefused() =>
        Assert.That(
            () => new StreamSource<int>().Accumulate(Task.FromResult(0), (state, _) => state),
            Throws.ArgumentException.With.Message.Contains("nobody awaits"));

    [Test]
    public void Accumulate_Label_ShowsTheDelegate() =>
        Assert.That(new StreamSource<int>().Accumulate(Math.Max).Node.Label, Is.EqualTo("accumulate Math.Max"));
}
