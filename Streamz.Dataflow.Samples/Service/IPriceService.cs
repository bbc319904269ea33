namespace Streamz.Dataflow.Samples.Service;

/// <summary>Another service, which knows prices.</summary>
internal interface IPriceService
{
    /// <summary>Asks for the price of a product.</summary>
    /// <exception cref="TimeoutException">There was no answer; ask again.</exception>
    /// <exception cref="KeyNotFoundException">There is no such product.</exception>
    Task<decimal> PriceOfAsync(string product, CancellationToken cancellation);
}
