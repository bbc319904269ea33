namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Buffer", Theme.Flow, "Elements wait in the buffer while the slow half behind it works on another, so that those who emit do not have to.")]
internal sealed class BufferExample : Example
{
    protected override void Build()
    {
        var orders = Input("orders", (1, "a"), (1.5, "b"), (2, "c"));

        var paced = orders.Buffer(10).RateLimit(TimeSpan.FromSeconds(2));

        Output(paced);
    }
}
