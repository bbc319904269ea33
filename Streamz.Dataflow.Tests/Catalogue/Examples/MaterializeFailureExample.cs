namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "Materialize",
    Theme.Flow,
    "The failure of a node upstream is told, too. The pipeline fails all the same.",
    Order = 2, Heading = "A failure")]
internal sealed class MaterializeFailureExample : Example
{
    protected override void Build()
    {
        var numbers = Input("numbers", (1, 4), (2, 3), (3, 0), (4, 1));

        var story = numbers.Map(number => 12 / number).Materialize();

        Output(story);
    }
}
