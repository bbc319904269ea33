using Polly;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Samples.Service;

/// <summary>Orders are priced by up to 32 at a time, and saved by up to a hundred together. One that cannot be priced is kept with the reason.</summary>
internal sealed class OrderPipeline(IPriceService prices, OrderDatabase database) : IPipelineDefinition<Order>
{
    private const int LongestProduct = 100;

    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(20);

    public void Define(StreamSource<Order> orders)
    {
        var rejected = new DeadLetterQueue().Named("rejected");
        rejected
            .Map(letter => new RejectedOrder(letter.ElementAs<Order>().Id, letter.Exception.Message))
            .Partition(100, s_longestWait)
            .Sink(database.RejectAsync)
            .Named("reject");

        orders
            .Map(Check, options: new NodeOptions { Name = "check", OnError = ErrorPolicy.DeadLetter(rejected) })
            .Map(PriceAsync, maxDegreeOfParallelism: 32, options: new NodeOptions
            {
                Name = "price",
                Timeout = TimeSpan.FromSeconds(2),

                // No order is to blame for a price service that is away: orders wait for it, so that the queues fill, and then those who post wait as well.
                OnError = ErrorPolicy.Retry(int.MaxValue, TimeSpan.FromMilliseconds(10), DelayBackoffType.Exponential, useJitter: true, maxDelay: TimeSpan.FromSeconds(1))
                    .For<TimeoutException>()
                    .Then(ErrorPolicy.DeadLetter(rejected)),
            })
            .Partition(100, s_longestWait)
            .Named("batch")
            .Sink(database.SaveAsync)
            .Named("save");
    }

    private static Order Check(Order order) =>
        order.Quantity <= 0 ? throw new FormatException($"A quantity of {order.Quantity} cannot be sold.")
        : order.Product.Length > LongestProduct ? throw new FormatException("No product has so long a name.")
        : order;

    private async Task<PricedOrder> PriceAsync(Order order, CancellationToken cancellation) =>
        new(order, order.Quantity * await prices.PriceOfAsync(order.Product, cancellation).ConfigureAwait(false));
}
