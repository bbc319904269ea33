namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("TimedWindowUnique", Theme.Batches, "What came within three seconds, each value once.")]
internal sealed class TimedWindowUniqueExample : Example
{
    protected override void Build()
    {
        var names = Input("names", (1, "ann"), (2, "bob"), (3, "ann"), (5, "cid"), (5.5, "cid"));

        var windows = names.TimedWindowUnique(TimeSpan.FromSeconds(3));

        Output(windows);
    }
}
