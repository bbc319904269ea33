namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Frequencies", Theme.State, "How often each word has come so far.")]
internal sealed class FrequenciesExample : Example
{
    protected override void Build()
    {
        var votes = Input("votes", (1, "tea"), (2.5, "milk"), (4.5, "tea"));

        var counts = votes.Frequencies();

        Output(counts);
    }
}
