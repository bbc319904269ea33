namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Unique", Theme.Choosing, "A word goes on when it comes for the first time.")]
internal sealed class UniqueExample : Example
{
    protected override void Build()
    {
        var words = Input("words", (1, "to"), (2, "be"), (3, "or"), (4, "not"), (5, "to"), (6, "be"));

        var distinct = words.Unique();

        Output(distinct);
    }
}
