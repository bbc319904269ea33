namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Union", Theme.Joins, "Elements of both streams go on as they arrive. The union ends when both have ended.")]
internal sealed class UnionExample : Example
{
    protected override void Build()
    {
        var first = Input("first", (1, "a"), (3, "b"));
        var second = Input("second", (2, "x"), (3, "y"), (5, "z"));

        var all = first.Union(second);

        Output(all);
    }
}
