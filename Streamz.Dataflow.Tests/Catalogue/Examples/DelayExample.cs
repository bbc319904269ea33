namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Delay", Theme.Time, "Each element goes on two seconds after it came, with the same spaces between them.")]
internal sealed class DelayExample : Example
{
    protected override void Build()
    {
        var keys = Input("keys", (1, "a"), (1.5, "b"), (3, "c"));

        var echo = keys.Delay(TimeSpan.FromSeconds(2));

        Output(echo);
    }
}
