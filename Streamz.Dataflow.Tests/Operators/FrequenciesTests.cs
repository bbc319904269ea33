using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class FrequenciesTests
{
    [Test]
    [Parity("3.1", "test_frequencies", "=")]
    public async Task Frequencies_Values_AreCountedSoFar()
    {
        var source = new StreamSource<string>();
        var counts = source.Frequencies().SinkToList();

        await source.EmitAllAsync(["a", "b", "a"]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(counts[^1], Is.EquivalentTo(new Dictionary<string, long> { ["a"] = 2, ["b"] = 1 }));
    }

    [Test]
    public async Task Frequencies_EarlierSnapshot_DoesNotChange()
    {
        var source = new StreamSource<int>();
        var counts = source.Frequencies().SinkToList();

        await source.EmitAllAsync([1, 1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(counts.Select(each => each.Values.Sum()), Is.EqualTo(new long[] { 1, 2, 3 }));
        Assert.That(counts[0], Is.EquivalentTo(new Dictionary<int, long> { [1] = 1 }));
    }

    [Test]
    public async Task Frequencies_Comparer_DecidesWhatIsTheSame()
    {
        var source = new StreamSource<string>();
        var counts = source.Frequencies(StringComparer.OrdinalIgnoreCase).SinkToList();

        await source.EmitAllAsync(["a", "A"]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(counts[^1]["a"], Is.EqualTo(2));
    }

    [Test]
    public async Task Frequencies_MoreValuesThanAllowed_FailsTheElementAndKeepsTheCounts()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var counts = source.Frequencies(maxKeys: 2).SinkToList();

        await source.EmitAllAsync([1, 2]).Soon();
        Assert.That(await source.DeliverAsync(3).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await source.EmitAsync(1).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(counts[^1], Is.EquivalentTo(new Dictionary<int, long> { [1] = 2, [2] = 1 }));
    }

    [Test]
    public void Frequencies_MoreValuesThanAllowed_TheFailureNamesValueLimitAndCure()
    {
        var source = new StreamSource<int>();
        source.Frequencies(maxKeys: 1).SinkToList();

        Assert.That(
            async () =>
            {
                await source.EmitAsync(1).Soon();
                await source.DeliverAsync(7).Soon();
            },
            Throws.TypeOf<NodeFailedException>().With.Message.Contains("'7' would be one value more than the 1").And.Message.Contains("larger maxKeys"));
    }

    [Test]
    public void Frequencies_Null_FailsTheElement()
    {
        var source = new StreamSource<string>();
        source.Frequencies().SinkToList();

        Assert.That(async () => await source.DeliverAsync(null!).Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<ArgumentNullException>());
    }

    [Test]
    public void Frequencies_BadLimit_IsNamed() =>
        Assert.That(
            () => new StreamSource<int>().Frequencies(maxKeys: 0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxKeys").And.Property("ActualValue").Zero);
}
