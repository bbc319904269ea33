namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "FromLog",
    Theme.Sources,
    "The lines of a log, each with where it begins in the file, and those that others append later. A second run with the same store would go on "
    + "behind them.")]
internal sealed class FromLogExample : Example
{
    protected override void Build()
    {
        var store = new InMemoryCheckpointStore();
        var options = GivenOptions() with { Checkpoints = new CheckpointOptions(store, "shop") };
        var folder = GivenFolder();
        var path = Path.Combine(folder, "orders.log");
        File.WriteAllText(path, "tea\n");

        var orders = StreamSource.FromLog(path, "orders", follow: true, pollInterval: TimeSpan.FromSeconds(0.5), options: options)
            .Map(order => $"{order.Offset} {order.Text}");

        Output(orders);
        At(1.2, () => File.AppendAllText(path, "milk\n"), "milk", "appended");
        At(2.7, () => File.AppendAllText(path, "rice\n"), "rice", "appended");
        StopAfter(4);
    }
}
