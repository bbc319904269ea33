namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("TimedWindow", Theme.Batches, "What is written within three seconds goes on together. A window begins with its first element, so that a quiet time gives no empty ones.")]
internal sealed class TimedWindowExample : Example
{
    protected override void Build()
    {
        var lines = Input("lines", (1, "a"), (2, "b"), (3.5, "c"), (7, "d"));

        var windows = lines.TimedWindow(TimeSpan.FromSeconds(3));

        Output(windows);
    }
}
