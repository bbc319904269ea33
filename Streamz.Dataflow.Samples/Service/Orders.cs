namespace Streamz.Dataflow.Samples.Service;

/// <summary>An order, as it is posted.</summary>
internal sealed record Order(string Id, string Product, int Quantity);

/// <summary>An order whose price is known.</summary>
internal sealed record PricedOrder(Order Order, decimal Total);

/// <summary>An order that nobody can fill, and why.</summary>
internal sealed record RejectedOrder(string Id, string Reason);
