namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromWebSocket", Theme.Sources, "Listens on a free port of this machine, and gives each message that a client sends.")]
internal sealed class FromWebSocketExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var client = GivenWebSocketClient("client", (1, "hello"), (2, "there"), (3.5, "bye"));

        var messages = StreamSource.FromWebSocket(port: 0, onListening: client.Connect, options: options);

        Output(messages);
        StopAfter(5);
    }
}
