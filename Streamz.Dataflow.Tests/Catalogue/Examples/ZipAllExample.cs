namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("ZipAll", Theme.Joins, "The first elements of all streams, the second ones, and so on, each time as a list.")]
internal sealed class ZipAllExample : Example
{
    protected override void Build()
    {
        var ones = Input("ones", (1, 1), (2, 2));
        var tens = Input("tens", (1.5, 10), (4, 20));
        var hundreds = Input("hundreds", (3, 100), (3.5, 200));

        var lists = new[] { ones, tens, hundreds }.ZipAll();

        Output(lists);
    }
}
