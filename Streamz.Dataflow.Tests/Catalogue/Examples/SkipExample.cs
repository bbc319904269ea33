namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Skip", Theme.Choosing, "The first two are left out.")]
internal sealed class SkipExample : Example
{
    protected override void Build()
    {
        var lines = Input("lines", (1, "name"), (2, "----"), (3, "ann"), (4, "bob"));

        var rows = lines.Skip(2);

        Output(rows);
    }
}
