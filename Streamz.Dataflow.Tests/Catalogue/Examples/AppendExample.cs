namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Append", Theme.Elements, "A last line is added when the input has ended.")]
internal sealed class AppendExample : Example
{
    protected override void Build()
    {
        var rows = Input("rows", (1, "ann,31"), (2, "bob,28"));

        var file = rows.Append("(the end)");

        Output(file);
    }
}
