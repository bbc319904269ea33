namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromTcp", Theme.Sources, "Listens on a free port of this machine, and gives each line that is sent there.")]
internal sealed class FromTcpExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var client = GivenClient("client", (1, "hello"), (2, "there"), (3.5, "bye"));

        var lines = StreamSource.FromTcp(port: 0, onListening: client.Connect, options: options);

        Output(lines);
        StopAfter(5);
    }
}
