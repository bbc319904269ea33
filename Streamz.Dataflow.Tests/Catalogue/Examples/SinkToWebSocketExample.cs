namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("SinkToWebSocket", Theme.Sinks, "Each element is a message to the server.")]
internal sealed class SinkToWebSocketExample : Example
{
    protected override bool HasWorkers => true;

    protected override void Build()
    {
        var server = GivenWebSocketServer("server");
        var lines = Input("lines", (1, "one"), (2, "two"), (3, "three"));

        lines.SinkToWebSocket(server);

        SeenBy((1.5, 1), (2.5, 2), (3.5, 3));
    }
}
