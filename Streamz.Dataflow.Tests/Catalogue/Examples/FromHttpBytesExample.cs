namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromHttpBytes", Theme.Sources, "Listens on a free port of this machine, and gives the bytes of each body that is posted there.")]
internal sealed class FromHttpBytesExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var client = GivenHttpClient("client", (1, "a"), (2, "bc"), (3.5, "d"));

        var bodies = StreamSource.FromHttpBytes(port: 0, onListening: client.Connect, options: options);

        Output(bodies);
        StopAfter(5);
    }
}
