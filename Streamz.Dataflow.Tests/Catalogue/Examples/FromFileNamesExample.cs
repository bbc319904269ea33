namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "FromFileNames",
    Theme.Sources,
    "The paths of the files that are there, and then of those that come, each once. The folder is looked at every second.")]
internal sealed class FromFileNamesExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var folder = GivenFolder();
        File.WriteAllText(Path.Combine(folder, "a.csv"), "");
        File.WriteAllText(Path.Combine(folder, "b.csv"), "");

        var files = StreamSource.FromFileNames(Path.Combine(folder, "*.csv"), TimeSpan.FromSeconds(1), options: options).Map(Path.GetFileName);

        Output(files);
        At(1.5, () => File.WriteAllText(Path.Combine(folder, "c.txt"), ""), "c.txt", "created");
        At(2.5, () => File.WriteAllText(Path.Combine(folder, "d.csv"), ""), "d.csv", "created");
        StopAfter(4);
    }
}
