namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("SinkToTextFile", Theme.Sinks, "Each element becomes a line of the file.")]
internal sealed class SinkToTextFileExample : Example
{
    protected override bool HasWorkers => true;

    protected override void Build()
    {
        var lines = Input("lines", (1, "one"), (2, "two"));
        var content = Writer<string>("content");
        var writer = new StringWriter();

        lines.SinkToTextFile(writer);

        At(1.5, () => content(writer.ToString().Replace("\n", "\\n")));
        At(2.5, () => content(writer.ToString().Replace("\n", "\\n")));
    }
}
