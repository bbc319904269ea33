namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromTextFile", Theme.Sources, "The lines of a file, or of a reader, to its end: here one a second.")]
internal sealed class FromTextFileExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var reader = new StringReader("to be\nor not\nto be");

        var lines = StreamSource.FromTextFile(reader, options).RateLimit(TimeSpan.FromSeconds(1));

        Output(lines);
    }
}
