namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Literal", Theme.Joins, "A constant takes the place of a stream in a join.")]
internal sealed class LiteralExample : Example
{
    protected override void Build()
    {
        var names = Input("names", (1, "ann"), (2, "bob"));

        var greetings = names.Zip(StreamSource.Literal("hello"));

        Output(greetings);
    }
}
