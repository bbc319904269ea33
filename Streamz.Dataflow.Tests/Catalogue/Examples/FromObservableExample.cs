namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "FromObservable",
    Theme.Sources,
    "The observable is subscribed to when the pipeline starts. What there is no room for is dropped here, the oldest first.")]
internal sealed class FromObservableExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var ticker = GivenObservable("ticker", (1, 101), (2, 103), (4, 102));

        var prices = StreamSource.FromObservable(ticker, capacity: 16, whenFull: ObservableFullMode.DropOldest, options);

        Output(prices);
    }
}
