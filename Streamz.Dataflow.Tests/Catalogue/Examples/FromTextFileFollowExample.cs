namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "FromTextFile",
    Theme.Sources,
    "The lines that are there, and then those that others append, seen at the next look half a second later at most.",
    Order = 2, Heading = "A file that grows")]
internal sealed class FromTextFileFollowExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var folder = GivenFolder();
        var path = Path.Combine(folder, "app.log");
        File.WriteAllText(path, "start\n");

        var lines = StreamSource.FromTextFile(path, follow: true, pollInterval: TimeSpan.FromSeconds(0.5), options: options);

        Output(lines);
        At(1.2, () => File.AppendAllText(path, "load\n"), "load", "appended");
        At(2.7, () => File.AppendAllText(path, "ready\n"), "ready", "appended");
        StopAfter(4);
    }
}
