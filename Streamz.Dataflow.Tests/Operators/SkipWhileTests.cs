using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class SkipWhileTests
{
    [Test]
    public async Task SkipWhile_FirstThatIsNotAccepted_IsTheLastAskedAbout()
    {
        List<int> asked = [];
        var source = new StreamSource<int>();
        var results = source.SkipWhile(value =>
        {
            asked.Add(value);
            return value < 3;
        }).SinkToList();

        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.EmitAllAsync([3, 2, 1]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 3, 2, 1 }));
        Assert.That(asked, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public async Task SkipWhile_PredicateFails_TheNextIsAskedAbout()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.SkipWhile(value => value < 0 ? throw new FormatException() : value < 3).SinkToList();

        await source.EmitAllAsync([1, -1, 2, 4]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 4 }));
    }

    [Test]
    public void SkipWhile_Label_ShowsThePredicate() =>
        Assert.That(new StreamSource<int>().SkipWhile(int.IsPositive).Node.Label, Is.EqualTo("skip_while int.IsPositive"));
}
