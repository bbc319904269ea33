using System.Diagnostics.Metrics;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>The series of a cluster in the meter of the library. They are read when somebody asks, and cost nothing else.</summary>
internal sealed class ClusterMetrics : IDisposable
{
    private readonly Meter _meter = new("Streamz.Dataflow");

    public ClusterMetrics(OrleansCluster cluster)
    {
        _meter.CreateObservableUpDownCounter("streamz.cluster.workers", () => cluster.Workers, "{worker}", "Workers that are there.");
        _meter.CreateObservableCounter("streamz.cluster.recomputed", () => cluster.GetSnapshot().Recomputed, "{value}", "Values that were made again, because a worker was lost.");
        Series("streamz.cluster.worker.values", worker => worker.Values, "{value}", "Values that a worker has or is to make.");
        Series("streamz.cluster.worker.size", worker => worker.Bytes, "By", "About how many bytes the values of a worker take.");
        Series("streamz.cluster.worker.queued", worker => worker.Queued, "{function}", "Functions that wait for a thread of a worker.");
        Series("streamz.cluster.worker.running", worker => worker.Running, "{function}", "Functions that a worker runs.");
        _meter.CreateObservableCounter(
            "streamz.cluster.worker.completed", () => Read(worker => worker.Completed), "{function}", "Functions that have ended on a worker.");

        void Series(string name, Func<ClusterWorkerSnapshot, long> value, string unit, string description) =>
            _meter.CreateObservableUpDownCounter(name, () => Read(value), unit, description);

        IEnumerable<Measurement<long>> Read(Func<ClusterWorkerSnapshot, long> value) =>
            cluster.GetSnapshot().Workers.Select(worker => new Measurement<long>(value(worker), new KeyValuePair<string, object?>("streamz.worker", worker.Name)));
    }

    public void Dispose() => _meter.Dispose();
}
