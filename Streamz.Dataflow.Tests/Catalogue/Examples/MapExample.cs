namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Map", Theme.Elements, "Temperatures are turned from Celsius into Fahrenheit.")]
internal sealed class MapExample : Example
{
    protected override void Build()
    {
        var celsius = Input("celsius", (1, 0.0), (2, 20.0), (3, 37.0));

        var fahrenheit = celsius.Map(degrees => (degrees * 9 / 5) + 32);

        Output(fahrenheit);
    }
}
