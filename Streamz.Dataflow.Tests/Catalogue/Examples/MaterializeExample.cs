namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Materialize", Theme.Flow, "The end of the stream becomes an element like the others.")]
internal sealed class MaterializeExample : Example
{
    protected override void Build()
    {
        var numbers = Input("numbers", (1, 4), (2, 3));

        var story = numbers.Materialize();

        Output(story);
    }
}
