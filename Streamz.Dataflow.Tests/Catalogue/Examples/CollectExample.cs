namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Collect", Theme.Batches, "What came is given out when somebody asks for it, and the rest at the end.")]
internal sealed class CollectExample : Example
{
    protected override void Build()
    {
        var readings = Input("readings", (1, 7), (2, 8), (4, 9), (6, 4));
        var flushes = Input("flushes", (3, "!"), (5, "!"), (5.5, "!"));

        var lists = readings.Collect(flushes);

        Output(lists);
    }
}
