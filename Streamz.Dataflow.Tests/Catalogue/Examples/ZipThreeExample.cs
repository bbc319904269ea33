namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Zip", Theme.Joins, "Parts that belong together by their number are put together, whenever they come.", Order = 2, Heading = "Three streams")]
internal sealed class ZipThreeExample : Example
{
    protected override void Build()
    {
        var frames = Input("frames", (1, "frame 1"), (2, "frame 2"));
        var wheels = Input("wheels", (1.5, 26), (3, 28));
        var colours = Input("colours", (0.5, "red"), (1, "blue"));

        var bikes = frames.Zip(wheels, colours);

        Output(bikes);
    }
}
