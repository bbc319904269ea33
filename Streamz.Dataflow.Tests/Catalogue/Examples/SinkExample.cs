namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Sink", Theme.Sinks, "The action is called with each element.")]
internal sealed class SinkExample : Example
{
    protected override void Build()
    {
        var lines = Input("lines", (1, "open"), (2, "read"), (3, "close"));
        var log = Writer<string>("log");

        lines.Sink(line => log(line.ToUpperInvariant()));
    }
}
