namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("GroupBy", Theme.Branches, "Each customer has a running total. The operators behind the key keep a state for each group.")]
internal sealed class GroupByExample : Example
{
    protected override void Build()
    {
        var orders = Input<(string Customer, int Sum)>("orders", (1, ("ann", 3)), (2, ("bob", 9)), (3, ("ann", 4)), (4, ("bob", 1)));

        var totals = orders.GroupBy(order => order.Customer, group => group.Accumulate(0, (total, order) => total + order.Sum));

        Output(totals);
    }
}
