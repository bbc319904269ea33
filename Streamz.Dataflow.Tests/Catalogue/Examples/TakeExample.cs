namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Take", Theme.Choosing, "The first three go on, and the stream ends behind the third. What fed it is stopped.")]
internal sealed class TakeExample : Example
{
    protected override void Build()
    {
        var numbers = Input("numbers", (1, 5), (2, 8), (3, 1), (4, 9), (5, 2));

        var firstThree = numbers.Take(3);

        Output(firstThree);
    }
}
