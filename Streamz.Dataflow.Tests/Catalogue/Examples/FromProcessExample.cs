namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "FromProcess",
    Theme.Sources,
    "The lines that a program writes to its standard output. The stream ends when the program does.",
    NeedsUnix = true)]
internal sealed class FromProcessExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();

        var lines = StreamSource.FromProcess("sh", ["-c", "echo one; echo two"], options: options);

        Output(lines);
        At(0, () => Seen(3));
    }
}
