namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Slice", Theme.Choosing, "Every second element from the second up to the sixth, as with a slice of a list. Then the stream ends.")]
internal sealed class SliceExample : Example
{
    protected override void Build()
    {
        var letters = Input("letters", (1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e"), (6, "f"), (7, "g"));

        var some = letters.Slice(1..6, step: 2);

        Output(some);
    }
}
