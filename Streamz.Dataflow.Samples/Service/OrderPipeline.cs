using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Samples.Service;

/// <summary>Orders are priced by up to 32 at a time, and saved by up to a hundred together. One that cannot be priced is kept with the reason.</summary>
internal sealed class OrderPipeline(PriceService prices, OrderDatabase database) : IPipelineDefinition<Order>
{
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
            .Map(prices.PriceAsync, maxDegreeOfParallelism: 32, options: new NodeOptions
            {
                Name = "price",
                Timeout = TimeSpan.FromSeconds(2),
                OnError = ErrorPolicy.Retry(3, TimeSpan.FromMilliseconds(10)).For<TimeoutException>().Then(ErrorPolicy.DeadLetter(rejected)),
            })
            .Partition(100, s_longestWait)
            .Named("batch")
            .Sink(database.SaveAsync)
            .Named("save");
    }

    private static Order Check(Order order) =>
        order.Quantity > 0 ? order : throw new FormatException($"A quantity of {order.Quantity} cannot be sold.");
}
