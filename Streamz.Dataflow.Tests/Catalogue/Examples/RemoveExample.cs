namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Remove", Theme.Choosing, "The lines that are comments are left out.")]
internal sealed class RemoveExample : Example
{
    protected override void Build()
    {
        var lines = Input("lines", (1, "# setup"), (2, "x = 1"), (3, "# end"), (4, "y = 2"));

        var code = lines.Remove(line => line.StartsWith('#'));

        Output(code);
    }
}
