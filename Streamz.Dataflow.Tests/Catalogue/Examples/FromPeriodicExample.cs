namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromPeriodic", Theme.Sources, "The function is called at once and then every two seconds, until the pipeline is stopped.")]
internal sealed class FromPeriodicExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var count = 0;

        var ticks = StreamSource.FromPeriodic(TimeSpan.FromSeconds(2), () => ++count, options);

        Output(ticks);
        StopAfter(7);
    }
}
