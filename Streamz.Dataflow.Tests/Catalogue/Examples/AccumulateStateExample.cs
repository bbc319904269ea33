namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Accumulate", Theme.State, "The state is the highest bid so far; what goes on is whether a bid was higher.", Order = 2, Heading = "With a state that is not the result")]
internal sealed class AccumulateStateExample : Example
{
    protected override void Build()
    {
        var bids = Input("bids", (1, 10), (2, 8), (3, 15), (4, 12));

        var verdicts = bids.Accumulate(0, (highest, bid) => (Math.Max(highest, bid), bid > highest ? "leads" : "too low"));

        Output(verdicts);
    }
}
