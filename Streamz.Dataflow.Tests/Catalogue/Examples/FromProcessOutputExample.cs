using System.Diagnostics;

namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromProcessOutput", Theme.Sources, "The lines of both outputs, each with where it was written.", NeedsUnix = true)]
internal sealed class FromProcessOutputExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var program = new ProcessStartInfo("sh", ["-c", "echo disk full >&2"]);

        var lines = StreamSource.FromProcessOutput(program, options: options).Map(line => $"{line.Origin}: {line.Text}");

        Output(lines);
        At(0, () => Seen(2));
    }
}
