namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "ToObservable",
    Theme.Bridges,
    "The observer is called with each element and with the end of the stream. The pipeline waits while it is called.")]
internal sealed class ToObservableExample : Example
{
    protected override void Build()
    {
        var numbers = Input("numbers", (1, 2), (2, 3), (3, 4));
        var observer = GivenObserver<int>("observer");

        var subscription = numbers.Map(number => number * number).ToObservable().Subscribe(observer);

        SeenBy((1, 1), (2, 2), (3, 3), (4, 4));
    }
}
