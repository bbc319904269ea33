namespace Streamz.Dataflow.Tests.Operators;

internal sealed class SlidingWindowTests
{
    [Test]
    public async Task SlidingWindow_Windows_AreCopies()
    {
        var source = new StreamSource<int>();
        var windows = source.SlidingWindow(2).SinkToList();

        await source.EmitAllAsync([1, 2, 3]);
        await source.CompleteAsync();

        Assert.That(windows, Is.EqualTo(new int[][] { [1], [1, 2], [2, 3] }));
    }

    [Test]
    public async Task SlidingWindow_FullOnly_NeverFilledGivesNothingAndDelivers()
    {
        var source = new StreamSource<int>();
        var windows = source.SlidingWindow(3, returnPartial: false).SinkToList();
        var delivery = source.DeliverAsync(1);

        await source.CompleteAsync();

        Assert.That(await delivery, Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(windows, Is.Empty);
    }

    [Test]
    public void SlidingWindow_SizeBelowOne_NamesTheParameter() =>
        Assert.That(
            () => new StreamSource<int>().SlidingWindow(0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("n").And.Property("ActualValue").Zero);

    [Test]
    public void SlidingWindow_Label_ShowsItsSettings()
    {
        Assert.That(new StreamSource<int>().SlidingWindow(2).Node.Label, Is.EqualTo("sliding_window n=2"));
        Assert.That(new StreamSource<int>().SlidingWindow(2, returnPartial: false).Node.Label, Is.EqualTo("sliding_window n=2 full"));
    }
}
