namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Linq", Theme.Elements, "Query expressions work on streams.", Summary = "Query expressions: `from`, `where`, `select`, several `from`.")]
internal sealed class LinqExample : Example
{
    protected override void Build()
    {
        var orders = Input<(string Item, int Price)>("orders", (1, ("tea", 3)), (2, ("desk", 90)), (3, ("lamp", 40)));

        var dear =
            from order in orders
            where order.Price > 30
            select $"{order.Item} for {order.Price}";

        Output(dear);
    }
}
