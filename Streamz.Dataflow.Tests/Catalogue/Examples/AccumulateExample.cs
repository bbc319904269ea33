namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Accumulate", Theme.State, "The running total of what was paid. Without a seed the first element is the first state, and goes on as it is.")]
internal sealed class AccumulateExample : Example
{
    protected override void Build()
    {
        var payments = Input("payments", (1, 10), (2, 5), (3, 20), (4, -5));

        var total = payments.Accumulate((sum, payment) => sum + payment);

        Output(total);
    }
}
