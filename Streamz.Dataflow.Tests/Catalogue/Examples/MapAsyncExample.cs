namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("MapAsync", Theme.Elements, "Two pages are fetched at once. The first takes longer than the second, and still goes on before it.")]
internal sealed class MapAsyncExample : Example
{
    protected override void Build()
    {
        var pages = Input("pages", (1, 3), (2, 1), (3, 2));
        var clock = GivenClock();

        async Task<string> FetchAsync(int page, CancellationToken cancellation)
        {
            await Task.Delay(TimeSpan.FromSeconds(page), clock, cancellation);
            return $"page {page}";
        }

        var fetched = pages.MapAsync(FetchAsync, maxDegreeOfParallelism: 2);

        Output(fetched);
    }
}
