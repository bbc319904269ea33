namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromChannel", Theme.Sources, "What others write to the channel goes on, until the channel is completed.")]
internal sealed class FromChannelExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var channel = GivenChannel("channel", (1, "a"), (2, "b"), (4, "c"));

        var items = StreamSource.FromChannel(channel.Reader, options);

        Output(items);
    }
}
