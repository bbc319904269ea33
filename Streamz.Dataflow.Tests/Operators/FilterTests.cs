namespace Streamz.Dataflow.Tests.Operators;

internal sealed class FilterTests
{
    [Test]
    public async Task Filter_ElementThatDoesNotPass_IsDelivered()
    {
        var source = new StreamSource<int>();
        var results = source.Filter(value => value > 1).SinkToList();

        Assert.That(await source.DeliverAsync(1), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(await source.DeliverAsync(2), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void Filter_NullPredicate_NamesTheParameter() =>
        Assert.That(
            () => new StreamSource<int>().Filter((Func<int, bool>)null!),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("predicate"));

    [Test]
    public void Filter_Label_ShowsThePredicate() =>
        Assert.That(new StreamSource<int>().Filter(int.IsPositive).Node.Label, Is.EqualTo("filter int.IsPositive"));
}
