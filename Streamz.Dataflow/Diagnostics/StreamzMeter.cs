using System.Diagnostics.Metrics;

namespace Streamz.Dataflow.Diagnostics;

/// <summary>The metrics of all runs of the process. Names, units and tags are described in docs/concepts/telemetry.md.</summary>
/// <remarks>
/// Counts are read from the runs when somebody collects, so that elements pay nothing for them. Times and latencies have to be taken while elements pass; that
/// is done only while somebody listens to those two.
/// </remarks>
internal static class StreamzMeter
{
    /// <summary>The name to listen to.</summary>
    public const string Name = "Streamz.Dataflow";

    public const string PipelineTag = "streamz.pipeline.name";
    public const string NodeTag = "streamz.node.name";
    public const string KindTag = "streamz.node.kind";
    public const string StateTag = "streamz.node.state";
    public const string OutcomeTag = "streamz.element.outcome";

    private static readonly Meter s_meter = new(Name, StreamzActivitySource.Version);
    private static readonly Histogram<double> s_latency = s_meter.CreateHistogram(
        "streamz.pipeline.latency",
        "s",
        "Time from the acceptance of an element until everything made from it has left the pipeline.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

    private static readonly ObservableCounter<double> s_time = s_meter.CreateObservableCounter(
        "streamz.node.time",
        static () => MeteredRuns.Times(),
        "s",
        "Time that the block of a node was busy, waiting for input, held back by what is downstream, or waiting for the clock.");

    private static readonly List<Instrument> s_counters = [];

    static StreamzMeter()
    {
        Counter("received", "Elements that came into a node; for a source, those it has accepted or produced.", static node => node.Received);
        Counter("sent", "Elements that a node has passed on.", static node => node.Sent);
        Counter("dropped", "Elements that a policy or an operator has dropped.", static node => node.Dropped);
        Counter("failed", "Elements that a node has failed on for good.", static node => node.Failed);
        Counter("retried", "Attempts after the first.", static node => node.Retried);
        Counter("dead_lettered", "Failed elements that went to a dead-letter queue.", static node => node.DeadLettered);
        Counter("abandoned", "Elements that were discarded because the pipeline stopped.", static node => node.Abandoned);
        Queue("size", "Elements that take places of a node's input queue, waiting, at work or held.", static node => node.Queued);
        Queue("capacity", "Places of a node's input queue.", static node => node.Capacity);
        Queue("waiting", "Senders that wait for a place in a node's input queue.", static node => node.Waiting);
        s_meter.CreateObservableUpDownCounter("streamz.pipeline.active", static () => MeteredRuns.Active(), "{run}", "Runs that have not ended.");
    }

    /// <summary>Whether somebody listens to the times of nodes.</summary>
    public static bool MeasuresTimes => s_time.Enabled;

    /// <summary>Whether somebody listens to latencies.</summary>
    public static bool MeasuresLatency => s_latency.Enabled;

    /// <summary>Whether somebody listens to what would be lost with a run that ends.</summary>
    public static bool Counts => s_time.Enabled || s_counters.Exists(counter => counter.Enabled);

    public static void RecordLatency(TimeSpan latency, string pipeline, string outcome) => s_latency.Record(
        latency.TotalSeconds,
        new KeyValuePair<string, object?>(PipelineTag, pipeline),
        new KeyValuePair<string, object?>(OutcomeTag, outcome));

    private static void Counter(string name, string description, Func<NodeReading, long> read) => s_counters.Add(s_meter.CreateObservableCounter(
        $"streamz.node.element.{name}",
        () => MeteredRuns.Read(read, withEnded: true),
        "{element}",
        description));

    private static void Queue(string name, string description, Func<NodeReading, long> read) => s_meter.CreateObservableUpDownCounter(
        $"streamz.node.queue.{name}",
        () => MeteredRuns.Read(read, withEnded: false, static node => node.Capacity > 0),
        name == "waiting" ? "{sender}" : "{element}",
        description);
}
