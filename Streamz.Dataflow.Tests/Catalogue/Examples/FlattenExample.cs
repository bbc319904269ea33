namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Flatten", Theme.Elements, "Each list of orders goes on order by order. An empty list gives nothing.")]
internal sealed class FlattenExample : Example
{
    protected override void Build()
    {
        var batches = Input<List<int>>("batches", (1, [1, 2]), (2, []), (3, [3, 4, 5]));

        var orders = batches.Flatten();

        Output(orders);
    }
}
