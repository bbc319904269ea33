namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Filter", Theme.Choosing, "Only the even numbers go on.")]
internal sealed class FilterExample : Example
{
    protected override void Build()
    {
        var numbers = Input("numbers", (1, 1), (2, 2), (3, 3), (4, 4), (5, 5));

        var even = numbers.Filter(number => number % 2 == 0);

        Output(even);
    }
}
