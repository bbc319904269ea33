namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Join", Theme.Joins, "A payment belongs to the order of the same number, if they come within two seconds of one another.")]
internal sealed class JoinExample : Example
{
    protected override void Build()
    {
        var orders = InputUntil<(int Id, string Item)>("orders", null, (1, (1, "tea")), (2.5, (2, "rug")), (6, (3, "pen")));
        var payments = InputUntil<(int Id, int Sum)>("payments", null, (2, (1, 3)), (6.5, (2, 80)), (7.5, (3, 2)));

        var paid = orders.Join(payments, order => order.Id, payment => payment.Id, within: TimeSpan.FromSeconds(2))
            .StarMap((order, payment) => $"{order.Item} for {payment.Sum}");

        Output(paid);
        StopAfter(9);
    }
}
