namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("TakeWhile", Theme.Choosing, "The stream goes on as long as the temperature is below the limit. The first that is not ends it.")]
internal sealed class TakeWhileExample : Example
{
    protected override void Build()
    {
        var degrees = Input("degrees", (1, 18), (2, 21), (3, 26), (4, 20));

        var safe = degrees.TakeWhile(value => value < 25);

        Output(safe);
    }
}
