namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Prepend", Theme.Elements, "A title goes first, as soon as the pipeline starts.")]
internal sealed class PrependExample : Example
{
    protected override void Build()
    {
        var rows = Input("rows", (2, "ann,31"), (3, "bob,28"));

        var file = rows.Prepend("name,age");

        Output(file);
    }
}
