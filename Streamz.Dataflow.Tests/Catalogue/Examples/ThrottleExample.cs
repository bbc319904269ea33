namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Throttle", Theme.Time, "After a click that went through, others are dropped for two seconds.")]
internal sealed class ThrottleExample : Example
{
    protected override void Build()
    {
        var clicks = Input("clicks", (1, "a"), (1.5, "b"), (2.5, "c"), (3, "d"), (6, "e"));

        var accepted = clicks.Throttle(TimeSpan.FromSeconds(2));

        Output(accepted);
    }
}
