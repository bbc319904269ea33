namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Sample", Theme.Time, "The newest reading of every two seconds goes on; two seconds without one give nothing.")]
internal sealed class SampleExample : Example
{
    protected override void Build()
    {
        var readings = Input("readings", (0.5, 7), (1.5, 8), (2.5, 9), (6.5, 4));

        var samples = readings.Sample(TimeSpan.FromSeconds(2));

        Output(samples);
    }
}
