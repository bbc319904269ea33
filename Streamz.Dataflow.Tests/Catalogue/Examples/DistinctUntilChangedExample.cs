namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("DistinctUntilChanged", Theme.Choosing, "A state goes on only when it is another than before.")]
internal sealed class DistinctUntilChangedExample : Example
{
    protected override void Build()
    {
        var states = Input("states", (1, "on"), (2, "on"), (3, "off"), (4, "off"), (5, "on"));

        var changes = states.DistinctUntilChanged();

        Output(changes);
    }
}
