namespace Streamz.Dataflow.Samples.Service;

/// <summary>Another service that knows prices: slow, now and then without an answer, and without all products.</summary>
internal sealed class PriceService(TimeProvider clock)
{
    private const int UnansweredEvery = 40;

    private static readonly TimeSpan s_answerTime = TimeSpan.FromMilliseconds(5);

    private static readonly Dictionary<string, decimal> s_prices = new() { ["pen"] = 2m, ["lamp"] = 40m, ["chair"] = 120m, ["desk"] = 250m };

    private int _calls;

    /// <summary>The products that have a price.</summary>
    public static IReadOnlyList<string> Products { get; } = [.. s_prices.Keys];

    /// <summary>Asks for the price of an order.</summary>
    /// <exception cref="TimeoutException">There was no answer; ask again.</exception>
    /// <exception cref="KeyNotFoundException">There is no such product.</exception>
    public async Task<PricedOrder> PriceAsync(Order order, CancellationToken cancellation)
    {
        await Task.Delay(s_answerTime, clock, cancellation).ConfigureAwait(false);
        if (Interlocked.Increment(ref _calls) % UnansweredEvery == 0)
        {
            throw new TimeoutException("The price service does not answer.");
        }

        return s_prices.TryGetValue(order.Product, out var price)
            ? new PricedOrder(order, price * order.Quantity)
            : throw new KeyNotFoundException($"There is no '{order.Product}'.");
    }
}
