namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "Latest",
    Theme.Time,
    "What comes behind takes one price every two seconds. While one waits there, the newest is kept and those that it replaces are dropped; the last of all arrives.")]
internal sealed class LatestExample : Example
{
    protected override void Build()
    {
        var prices = Input("prices", (1, 10), (1.5, 11), (2, 12), (2.5, 13), (4, 14), (4.5, 15));

        var shown = prices.Latest().RateLimit(TimeSpan.FromSeconds(2));

        Output(shown);
    }
}
