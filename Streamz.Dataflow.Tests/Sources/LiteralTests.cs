using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture]
internal sealed class LiteralTests
{
    [Test]
    public async Task Literal_AsASide_IsThereForEachElement()
    {
        var source = new StreamSource<int>();
        var triples = StreamSource.Literal("EUR").Zip(source, StreamSource.Literal<string?>(null)).SinkToList();

        await source.EmitAllAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(triples, Is.EqualTo(new[] { ("EUR", 1, (string?)null), ("EUR", 2, null) }));
    }

    [Test]
    public async Task Literal_BehindAnotherOperator_IsAnEndlessSource()
    {
        var third = new TaskCompletionSource();
        var seen = 0;
        var pipeline = StreamSource.Literal(7).Map(value => value + 1).Sink(value =>
        {
            if (value == 8 && ++seen == 3)
            {
                third.SetResult();
            }
        }).Start();

        await third.Task.Soon();
        await pipeline.StopAsync(TimeSpan.Zero).Soon();
    }

    [Test]
    public void Literal_AllSides_IsRefused()
    {
        var literal = StreamSource.Literal(1);

        Assert.That(() => literal.Zip(literal), Throws.ArgumentException.With.Message.Contains("would never end"));
        Assert.That(literal.Value, Is.EqualTo(1));
        Assert.That((literal.Node.Label, StreamSource.Literal<string?>(null).Node.Label), Is.EqualTo(("literal 1", "literal null")));
    }
}
