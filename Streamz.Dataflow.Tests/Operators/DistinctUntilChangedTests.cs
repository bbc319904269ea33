using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class DistinctUntilChangedTests
{
    [Test]
    public async Task DistinctUntilChanged_ComparerAndNulls_DecideWhatIsTheSame()
    {
        var source = new StreamSource<string?>();
        var results = source.DistinctUntilChanged(StringComparer.OrdinalIgnoreCase!).SinkToList();

        await source.EmitAllAsync([null, null, "a", "A", null, "a"]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { null, "a", null, "a" }));
    }

    [Test]
    public async Task DistinctUntilChanged_Repetition_IsDelivered()
    {
        var source = new StreamSource<int>();
        source.DistinctUntilChanged().SinkToList();

        await source.EmitAsync(0).Soon();
        Assert.That(await source.DeliverAsync(0).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task DistinctUntilChanged_KeyFails_TheNextIsComparedWithTheOneBefore()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.DistinctUntilChanged(value => value < 0 ? throw new FormatException() : value).SinkToList();

        await source.EmitAllAsync([1, -1, 1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public async Task DistinctUntilChanged_StartedAgain_KnowsNothingOfTheRunBefore()
    {
        var source = new StreamSource<int>();
        var results = source.DistinctUntilChanged(value => value % 2, EqualityComparer<int>.Default).SinkToList();

        for (var run = 0; run < 2; run++)
        {
            source.Start();
            await source.EmitAllAsync([1, 3]).Soon();
            await source.CompleteAsync().Soon();
        }

        Assert.That(results, Is.EqualTo(new[] { 1, 1 }));
    }

    [Test]
    public void DistinctUntilChanged_Label_ShowsTheKey()
    {
        Assert.That(new StreamSource<string>().DistinctUntilChanged(text => text.Length).Node.Label, Is.EqualTo("distinct_until_changed by text => text.Length"));
        Assert.That(() => new StreamSource<int>().DistinctUntilChanged(value => Task.FromResult(value)), Throws.ArgumentException.With.Message.Contains("nobody awaits"));
    }
}
