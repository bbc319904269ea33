namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("SlidingWindow", Theme.Batches, "Each reading goes on with the two before it. At first there are fewer.")]
internal sealed class SlidingWindowExample : Example
{
    protected override void Build()
    {
        var readings = Input("readings", (1, 4), (2, 6), (3, 5), (4, 9));

        var windows = readings.SlidingWindow(3);

        Output(windows);
    }
}
