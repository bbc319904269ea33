using System.Globalization;
using Polly;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.ErrorPolicies;

/// <summary>
/// Orders that arrive as text are priced by a shop that is sometimes away. Each policy has its place: damaged lines are skipped, the shop is asked
/// again, what stays without an answer goes to the clerk by way of a dead-letter queue, and a large order is worth more attempts.
/// </summary>
internal sealed class ErrorPoliciesSample : ISample
{
    private static readonly string[] s_orders = ["pen 3", "lamp 1", "no number x", "desk 2", "chair 4", "safe 1", "pen 10"];

    public string Name => "error-policies";

    public string Usage => "";

    public string Summary => "skip, retry, dead letters, a delegate that decides, and a source that is started again";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        if (arguments.Count > 0)
        {
            throw new UsageException("There are no arguments.");
        }

        var shop = new Shop();
        var lines = new Desk();
        var clerk = new DeadLetterQueue().Named("for the clerk");
        var letters = clerk.Map(Describe).SinkToList();

        // The desk closes now and then; it opens again, and goes on with the next order.
        var orders = StreamSource
            .FromPeriodic(TimeSpan.FromMilliseconds(1), lines.Next, new StreamOptions { TimeProvider = host.Clock })
            .OnError(ErrorPolicy.Retry(5, TimeSpan.FromMilliseconds(2), DelayBackoffType.Exponential))
            .Named("desk")
            .Take(s_orders.Length);

        orders
            .Map(Order.Parse, options: new NodeOptions { Name = "parse", OnError = ErrorPolicy.Skip.For<FormatException>() })
            .Map(shop.Price, options: new NodeOptions
            {
                Name = "price",
                OnError = ErrorPolicy.Retry(2, TimeSpan.FromMilliseconds(1)).For<TimeoutException>().Then(ErrorPolicy.DeadLetter(clerk)),
            })
            .Map(shop.Reserve, options: new NodeOptions { Name = "reserve", OnError = ErrorPolicy.Decide(Choose, clerk) })
            .Sink(order => host.Output.WriteAsync($"sold {order}\n"))
            .Named("sell");

        await host.Output.WriteAsync(orders.ToText() + "\n");
        await using var pipeline = orders.Start();
        await pipeline.Completion.WaitAsync(host.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        foreach (var letter in letters)
        {
            await host.Output.WriteAsync(letter);
        }

        await host.Output.WriteAsync("\nnode      failed  retried  dead letters  dropped\n");
        foreach (var node in pipeline.GetSnapshot().Nodes.Where(node => node.Failed + node.Retried > 0))
        {
            await host.Output.WriteAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{node.Name,-8}{node.Failed,8}{node.Retried,9}{node.DeadLettered,14}{node.Dropped,9}\n"));
        }

        return ExitCode.Success;

        // What is worth much is worth another attempt.
        ErrorPolicy Choose(ElementFailure failure) =>
            failure.ElementAs<Order>().Total >= 500 && failure.Attempts < 4 ? ErrorPolicy.Retry(1) : ErrorPolicy.DeadLetter(clerk);
    }

    private static string Describe(DeadLetter letter) => string.Create(
        CultureInfo.InvariantCulture,
        $"for the clerk, from '{letter.NodeName}' after {letter.Attempts} {(letter.Attempts == 1 ? "attempt" : "attempts")}: {letter.Element} ({letter.Exception.Message})\n");

    /// <summary>Where orders come in. It closes once before the fourth order.</summary>
    private sealed class Desk
    {
        private int _next;
        private bool _hasClosed;

        public string Next()
        {
            if (_next == 3 && !_hasClosed)
            {
                _hasClosed = true;
                throw new IOException("The desk is closed.");
            }

            return s_orders[_next++ % s_orders.Length];
        }
    }

    /// <summary>Knows prices, and what is there. It does not answer at each call.</summary>
    private sealed class Shop
    {
        private readonly Dictionary<string, int> _calls = [];

        public Order Price(Order order) => (order.Product, Call("price " + order.Product)) switch
        {
            ("pen", _) => order with { Total = 2 * order.Number },
            ("lamp", < 3) => throw new TimeoutException("The shop does not answer."),
            ("lamp", _) => order with { Total = 40 * order.Number },
            ("desk", _) => order with { Total = 250 * order.Number },
            ("safe", _) => order with { Total = 900 * order.Number },
            _ => throw new KeyNotFoundException($"There is no {order.Product}."),
        };

        public Order Reserve(Order order) => (order.Product, Call("reserve " + order.Product)) switch
        {
            ("desk", < 3) or ("safe", _) => throw new InvalidOperationException($"No {order.Product} is there."),
            _ => order,
        };

        private int Call(string what) => _calls[what] = _calls.GetValueOrDefault(what) + 1;
    }

    private sealed record Order(string Product, int Number, int Total)
    {
        public static Order Parse(string line)
        {
            var space = line.LastIndexOf(' ');
            return new Order(line[..space], int.Parse(line.AsSpan(space + 1), CultureInfo.InvariantCulture), 0);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number} {Product} for {Total}");
    }
}
