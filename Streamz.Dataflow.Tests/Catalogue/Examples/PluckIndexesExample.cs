namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Pluck", Theme.Elements, "The first and the third field of each row.", Order = 2, Heading = "Several indexes")]
internal sealed class PluckIndexesExample : Example
{
    protected override void Build()
    {
        var rows = Input<string[]>("rows", (1, ["ann", "f", "31"]), (2.5, ["bob", "m", "28"]));

        var fields = rows.Pluck([0, 2]);

        Output(fields);
    }
}
