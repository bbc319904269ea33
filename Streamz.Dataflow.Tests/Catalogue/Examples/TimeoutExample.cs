namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Timeout", Theme.Flow, "A sensor that says nothing for two seconds is taken for broken, and the pipeline fails.")]
internal sealed class TimeoutExample : Example
{
    protected override void Build()
    {
        var readings = Input("readings", (1, 7), (2.5, 8), (3, 9), (6, 4));

        var watched = readings.Timeout(TimeSpan.FromSeconds(2));

        Output(watched);
    }
}
