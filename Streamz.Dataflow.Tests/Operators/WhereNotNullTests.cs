using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class WhereNotNullTests
{
    [Test]
    public async Task WhereNotNull_References_GoOnUnderATypeThatIsNotNull()
    {
        var source = new StreamSource<string?>();
        Stream<string> texts = source.WhereNotNull();
        var lengths = texts.Map(text => text.Length).SinkToList();

        await source.EmitAllAsync(["ab", null, ""]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(lengths, Is.EqualTo(new[] { 2, 0 }));
    }

    [Test]
    [Parity("3.1", "test_filter_none", "~")]
    public async Task WhereNotNull_Values_AreTakenOut()
    {
        var source = new StreamSource<int?>();
        Stream<int> values = source.WhereNotNull();
        var results = values.SinkToList();

        await source.EmitAllAsync([1, null, 0]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 0 }), "Zero is a value.");
    }

    [Test]
    public async Task WhereNotNull_Null_IsDelivered()
    {
        var source = new StreamSource<string?>();
        source.WhereNotNull().SinkToList();

        Assert.That(await source.DeliverAsync(null).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }
}
