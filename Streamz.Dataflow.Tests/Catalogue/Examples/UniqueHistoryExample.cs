namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "Unique",
    Theme.Choosing,
    "Only the last two different words are remembered, so that an old one goes on again.",
    Order = 2, Heading = "With a short memory")]
internal sealed class UniqueHistoryExample : Example
{
    protected override void Build()
    {
        var words = Input("words", (1, "a"), (2, "b"), (3, "a"), (4, "c"), (5, "b"), (6, "c"));

        var distinct = words.Unique(maxHistory: 2);

        Output(distinct);
    }
}
