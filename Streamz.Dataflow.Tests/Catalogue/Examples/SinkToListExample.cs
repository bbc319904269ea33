namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("SinkToList", Theme.Sinks, "The list can be read at any time, and holds what has come so far.")]
internal sealed class SinkToListExample : Example
{
    protected override void Build()
    {
        var numbers = Input("numbers", (1, 1), (2, 2), (3, 3));
        var seen = Writer<IEnumerable<int>>("seen");

        var list = numbers.SinkToList();

        At(1.5, () => seen(list));
        At(3.5, () => seen(list));
    }
}
