namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "ToChannel",
    Theme.Bridges,
    "Numbers wait in the channel until somebody reads it, which here begins at 3.5 s. With more than ten the pipeline would wait.")]
internal sealed class ToChannelExample : Example
{
    protected override void Build()
    {
        var numbers = Input("numbers", (1, 1), (2, 2), (3, 3), (5, 4));
        var read = Writer<int>("read");

        var channel = numbers.ToChannel(capacity: 10);

        async Task ReadAsync()
        {
            await foreach (var number in channel.ReadAllAsync())
            {
                read(number);
            }
        }

        At(3.5, () => Forget(ReadAsync()));
        SeenBy((3.5, 3), (5, 4));
    }
}
