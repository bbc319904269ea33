namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("SkipWhile", Theme.Choosing, "Empty readings at the beginning are left out. Once one was not empty, all go on.")]
internal sealed class SkipWhileExample : Example
{
    protected override void Build()
    {
        var readings = Input("readings", (1, 0), (2, 0), (3, 7), (4, 0), (5, 8));

        var warm = readings.SkipWhile(value => value == 0);

        Output(warm);
    }
}
