namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("ToAsyncEnumerable", Theme.Bridges, "A loop reads the stream. It ends when the stream has ended, and would throw its failure.")]
internal sealed class ToAsyncEnumerableExample : Example
{
    protected override void Build()
    {
        var lines = Input("lines", (1, "open"), (2, "read"), (3, "close"));
        var written = Writer<string>("written");

        var upper = lines.Map(line => line.ToUpperInvariant()).ToAsyncEnumerable();

        async Task ReadAsync()
        {
            await foreach (var line in upper)
            {
                written(line);
            }
        }

        At(0, () => Forget(ReadAsync()));
        SeenBy((1, 1), (2, 2), (3, 3));
    }
}
