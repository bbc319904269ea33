namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromHttp", Theme.Sources, "Listens on a free port of this machine, and gives the text of each body that is posted there.")]
internal sealed class FromHttpExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var client = GivenHttpClient("client", (1, "hello"), (2, "there"), (3.5, "bye"));

        var bodies = StreamSource.FromHttp(port: 0, onListening: client.Connect, options: options);

        Output(bodies);
        StopAfter(5);
    }
}
