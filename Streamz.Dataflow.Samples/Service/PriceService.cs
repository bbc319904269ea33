namespace Streamz.Dataflow.Samples.Service;

/// <summary>A price service to try with: slow, now and then without an answer, and without all products.</summary>
internal sealed class PriceService(TimeProvider clock) : IPriceService
{
    private const int UnansweredEvery = 40;

    private static readonly TimeSpan s_answerTime = TimeSpan.FromMilliseconds(5);

    private static readonly Dictionary<string, decimal> s_prices = new() { ["pen"] = 2m, ["lamp"] = 40m, ["chair"] = 120m, ["desk"] = 250m };

    private int _calls;

    /// <summary>The products that have a price.</summary>
    public static IReadOnlyList<string> Products { get; } = [.. s_prices.Keys];

    public async Task<decimal> PriceOfAsync(string product, CancellationToken cancellation)
    {
        await Task.Delay(s_answerTime, clock, cancellation).ConfigureAwait(false);
        if (Interlocked.Increment(ref _calls) % UnansweredEvery == 0)
        {
            throw new TimeoutException("The price service does not answer.");
        }

        return s_prices.TryGetValue(product, out var price) ? price : throw new KeyNotFoundException($"There is no '{product}'.");
    }
}
