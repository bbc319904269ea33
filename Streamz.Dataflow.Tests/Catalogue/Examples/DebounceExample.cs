namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Debounce", Theme.Time, "What was typed goes on when nothing was added for a second.")]
internal sealed class DebounceExample : Example
{
    protected override void Build()
    {
        var typed = Input("typed", (1, "s"), (1.5, "st"), (2, "str"), (4.5, "stre"), (5, "strea"));

        var queries = typed.Debounce(TimeSpan.FromSeconds(1));

        Output(queries);
    }
}
