namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromWebSocketBytes", Theme.Sources, "Listens on a free port of this machine, and gives the bytes of each message that a client sends.")]
internal sealed class FromWebSocketBytesExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var client = GivenWebSocketClient("client", (1, "a"), (2, "bc"), (3.5, "d"));

        var messages = StreamSource.FromWebSocketBytes(port: 0, onListening: client.Connect, options: options);

        Output(messages);
        StopAfter(5);
    }
}
