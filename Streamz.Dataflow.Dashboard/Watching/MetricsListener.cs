using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Streamz.Dataflow.Diagnostics;

namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>Has pipelines measure what they measure only for those who listen: what blocks do with their time, and latencies.</summary>
internal sealed class MetricsListener : IDisposable
{
    private readonly ConcurrentDictionary<string, LatencyHistogram> _latencies = [];
    private readonly MeterListener _listener = new();

    public MetricsListener(bool withLatency)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == StreamzMeter.Name && (instrument.Name == "streamz.node.time" || (withLatency && instrument.Name == "streamz.pipeline.latency")))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => Add(seconds, tags));
        _listener.Start();
    }

    /// <summary>The latencies of a pipeline since the last time; null if there were none.</summary>
    public LatencyStatus? TakeLatency(string pipeline) => _latencies.GetValueOrDefault(pipeline)?.Take();

    public void Dispose() => _listener.Dispose();

    private void Add(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag is { Key: StreamzMeter.PipelineTag, Value: string pipeline })
            {
                _latencies.GetOrAdd(pipeline, static _ => new LatencyHistogram()).Add(seconds);
            }
        }
    }
}
