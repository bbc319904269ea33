using Shop.Pipelines;

namespace Streamz.Dataflow.Tests.Docs;

/// <summary>The operator of docs/custom-operators.md, which lives in an assembly and a namespace of its own.</summary>
[TestFixture]
internal sealed class CustomOperatorTests
{
    [Test, CancelAfter(30_000)]
    public async Task Changes_RepeatedElements_AreLeftOut()
    {
        var list = StreamSource.FromEnumerable([1, 1, 2, 2, 2, 1]).Changes().SinkToList();

        await list.Start().Completion;

        Assert.That(list, Is.EqualTo(new[] { 1, 2, 1 }));
    }

    [Test, CancelAfter(30_000)]
    public async Task Changes_DefaultValueAndNull_AreElementsLikeAnyOther()
    {
        var numbers = StreamSource.FromEnumerable([0, 0, 1]).Changes().SinkToList();
        var texts = StreamSource.FromEnumerable<string?>([null, null, "a", null]).Changes().SinkToList();

        await Task.WhenAll(numbers.Start().Completion, texts.Start().Completion);

        Assert.That(numbers, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(texts, Is.EqualTo(new[] { null, "a", null }));
    }

    [Test, CancelAfter(30_000)]
    public async Task Changes_SecondRun_BeginsWithFreshState()
    {
        var list = StreamSource.FromEnumerable([1, 1]).Changes().SinkToList();

        await list.Start().Completion;
        await list.Start().Completion;

        Assert.That(list, Is.EqualTo(new[] { 1, 1 }));
    }

    [Test, DefaultMode]
    public void Changes_AmongBuiltInOperators_SharesTheirSegment()
    {
        var sink = StreamSource.FromEnumerable<int>([]).Map(x => x).Changes().Sink(_ => { });

        Assert.That(sink.Start().Explain(), Does.Contain("map x => x -> changes -> sink"));
    }
}
