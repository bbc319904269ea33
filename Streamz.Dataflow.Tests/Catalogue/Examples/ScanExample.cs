namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Scan", Theme.State, "Scan is the name that Rx and streamz also have for Accumulate.")]
internal sealed class ScanExample : Example
{
    protected override void Build()
    {
        var steps = Input("steps", (1, 1), (2, -1), (3, 1), (4, 1));

        var position = steps.Scan(100, (at, step) => at + step);

        Output(position);
    }
}
