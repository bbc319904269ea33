using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class RemoveTests
{
    [Test]
    [Parity("3.1", "test_remove", "=")]
    public async Task Remove_Predicate_KeepsWhatItDoesNotAccept()
    {
        var source = new StreamSource<int>();
        var odd = source.Remove(value => value % 2 == 0).SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(odd, Is.EqualTo(new[] { 1, 3, 5, 7, 9 }));
    }

    [Test]
    public async Task Remove_ElementThatIsRemoved_IsDelivered()
    {
        var source = new StreamSource<int>();
        source.Remove(value => value > 1).SinkToList();

        Assert.That(await source.DeliverAsync(2).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Remove_NullTask_FailsTheElement()
    {
        var source = new StreamSource<int>();
        source.Remove((int _) => (Task<bool>)null!).SinkToList();

        Assert.That(async () => await source.DeliverAsync(1).Soon(), Throws.TypeOf<NodeFailedException>().With.Message.Contains("null task"));
    }

    [Test]
    public void Remove_Label_ShowsThePredicate() =>
        Assert.That(new StreamSource<int>().Remove(int.IsPositive).Node.Label, Is.EqualTo("remove int.IsPositive"));
}
