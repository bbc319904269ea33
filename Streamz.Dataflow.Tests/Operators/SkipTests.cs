using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class SkipTests
{
    [Test]
    public async Task Skip_FirstElements_AreDeliveredWithoutGoingOnInEachRun()
    {
        var source = new StreamSource<int>();
        var results = source.Skip(1).SinkToList();

        for (var run = 0; run < 2; run++)
        {
            source.Start();
            Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
            await source.EmitAsync(2).Soon();
            await source.CompleteAsync().Soon();
        }

        Assert.That(results, Is.EqualTo(new[] { 2, 2 }));
    }

    [Test]
    public void Skip_NegativeCount_IsNamed() =>
        Assert.That(
            () => new StreamSource<int>().Skip(-1),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("count").And.Property("ActualValue").EqualTo(-1L));

    [Test]
    public void Skip_Label_ShowsTheCount() => Assert.That(new StreamSource<int>().Skip(5).Node.Label, Is.EqualTo("skip 5"));
}
