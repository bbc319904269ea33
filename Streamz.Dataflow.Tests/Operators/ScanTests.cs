namespace Streamz.Dataflow.Tests.Operators;

internal sealed class ScanTests
{
    [Test]
    public async Task Scan_NoSeed_EmitsTheFirstElementAsItIs()
    {
        var source = new StreamSource<string>();
        var results = source.Scan((state, text) => state + text).SinkToList();

        await source.EmitAllAsync(["a", "b", "c"]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { "a", "ab", "abc" }));
    }

    [Test]
    public async Task Scan_Seed_IsNotEmittedAndMayBeNull()
    {
        var source = new StreamSource<int>();
        var results = source.Scan((string?)null, (state, value) => state + value).SinkToList();

        await source.EmitAllAsync([1, 2]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { "1", "12" }));
    }

    [Test]
    public async Task Scan_StateAndResult_EmitsTheResult()
    {
        var source = new StreamSource<int>();
        var results = source.Scan(0, (int count, int value) => (count + 1, $"{count}:{value}")).SinkToList();

        await source.EmitAllAsync([7, 8]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { "0:7", "1:8" }));
    }

    [Test]
    public async Task Scan_ElementFails_LeavesTheStateUnchanged()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Scan(0, (sum, value) => value < 0 ? throw new ArithmeticException() : sum + value).SinkToList();

        await source.EmitAllAsync([1, -1, 2]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public void Scan_NullDelegate_NamesTheParameter()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Scan((Func<int, int, int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("accumulate"));
        Assert.That(() => source.Scan(0, (Func<int, int, int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("accumulate"));
    }

    [Test]
    public void Scan_StateIsATask_IsRefused() =>
        Assert.That(
            () => new StreamSource<int>().Scan(Task.FromResult(0), (state, _) => state),
            Throws.ArgumentException.With.Message.Contains("nobody awaits"));

    [Test]
    public void Scan_Label_ShowsTheDelegate() =>
        Assert.That(new StreamSource<int>().Scan(Math.Max).Node.Label, Is.EqualTo("accumulate Math.Max"));
}
