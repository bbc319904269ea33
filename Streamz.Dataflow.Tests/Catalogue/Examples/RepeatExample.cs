namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Repeat", Theme.Elements, "What came is played once more when the input has ended.")]
internal sealed class RepeatExample : Example
{
    protected override void Build()
    {
        var notes = Input("notes", (1, "c"), (2, "e"), (3, "g"));

        var twice = notes.Repeat(2);

        Output(twice);
    }
}
