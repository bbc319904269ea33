using System.Net;
using System.Net.Http.Json;

namespace Streamz.Dataflow.Samples.Service;

/// <summary>A price service in another process, the sample <c>prices</c> for example, which may be away.</summary>
internal sealed class RemotePriceService(HttpClient client) : IPriceService
{
    public async Task<decimal> PriceOfAsync(string product, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"/prices?product={Uri.EscapeDataString(product)}", UriKind.Relative), cancellation).ConfigureAwait(false);
            return answer.StatusCode == HttpStatusCode.NotFound
                ? throw new KeyNotFoundException($"There is no '{product}'.")
                : await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<decimal>(cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException failure)
        {
            throw new TimeoutException("The price service does not answer.", failure);
        }
    }
}
