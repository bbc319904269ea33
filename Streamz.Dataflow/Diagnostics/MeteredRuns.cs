using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Diagnostics;

/// <summary>A run whose nodes can be counted.</summary>
internal interface IMeteredRun
{
    /// <summary>The name of the pipeline in metrics.</summary>
    string PipelineName { get; }

    /// <summary>Reads the counts of all nodes.</summary>
    IEnumerable<NodeReading> ReadNodes();
}

/// <summary>The runs that metrics are read from.</summary>
/// <remarks>
/// Runs of one pipeline, at once or one after the other, have one series: a counter that began anew with each run, or that two runs wrote, would say nothing. What
/// ended runs have counted is therefore kept by the names of pipeline and node, for so many of them only that names made up at run time cost no unbounded memory.
/// Runs are remembered weakly: one that nobody holds and that has nothing to do is collected as ever.
/// </remarks>
internal static class MeteredRuns
{
    private const int MaxEnded = 10_000;

    private static readonly Lock s_gate = new();
    private static readonly ConditionalWeakTable<IMeteredRun, object?> s_running = [];
    private static readonly Dictionary<(string Pipeline, string Node), NodeReading> s_ended = [];

    /// <summary>A run begins.</summary>
    public static void Add(IMeteredRun run)
    {
        // The instruments have to exist before somebody can listen to them.
        RuntimeHelpers.RunClassConstructor(typeof(StreamzMeter).TypeHandle);
        s_running.Add(run, null);
    }

    /// <summary>A run is over: its counts stay.</summary>
    public static void Remove(IMeteredRun run)
    {
        lock (s_gate)
        {
            if (!s_running.Remove(run) || !StreamzMeter.Counts)
            {
                return;
            }

            foreach (var node in run.ReadNodes())
            {
                var key = (run.PipelineName, node.Node);
                if (s_ended.TryGetValue(key, out var before))
                {
                    s_ended[key] = before.Plus(node.Ended());
                }
                else if (s_ended.Count < MaxEnded)
                {
                    s_ended.Add(key, node.Ended());
                }
            }
        }
    }

    /// <summary>Reads one count of each node.</summary>
    public static IEnumerable<Measurement<long>> Read(Func<NodeReading, long> read, bool withEnded, Func<NodeReading, bool>? isMeant = null) =>
        [.. Sum(withEnded).Where(pair => isMeant?.Invoke(pair.Value) != false)
            .Select(pair => new Measurement<long>(read(pair.Value), Tags(pair.Key.Pipeline, pair.Value)))];

    /// <summary>Reads the times of each block, by the first of its nodes.</summary>
    public static IEnumerable<Measurement<double>> Times() => [.. Sum(withEnded: true).SelectMany(pair => pair.Value.Times is { } times
        ? new[] { ("busy", times.Busy), ("idle", times.Idle), ("held_back", times.HeldBack), ("timed", times.ByClock) }
            .Select(state => new Measurement<double>(state.Item2, [.. Tags(pair.Key.Pipeline, pair.Value), new(StreamzMeter.StateTag, state.Item1)]))
        : [])];

    /// <summary>Counts the runs of each pipeline.</summary>
    public static IEnumerable<Measurement<long>> Active() =>
        [.. Running().GroupBy(run => run.PipelineName).Select(runs => new Measurement<long>(runs.LongCount(), new KeyValuePair<string, object?>(StreamzMeter.PipelineTag, runs.Key)))];

    private static List<IMeteredRun> Running() => [.. s_running.Select(entry => entry.Key)];

    private static Dictionary<(string Pipeline, string Node), NodeReading> Sum(bool withEnded)
    {
        // Under the gate, so that a run that ends meanwhile is counted once.
        lock (s_gate)
        {
            var sums = withEnded ? new Dictionary<(string, string), NodeReading>(s_ended) : [];
            foreach (var run in Running())
            {
                foreach (var node in run.ReadNodes())
                {
                    var key = (run.PipelineName, node.Node);
                    sums[key] = sums.TryGetValue(key, out var before) ? before.Plus(node) : node;
                }
            }

            return sums;
        }
    }

    private static KeyValuePair<string, object?>[] Tags(string pipeline, in NodeReading node) =>
        [new(StreamzMeter.PipelineTag, pipeline), new(StreamzMeter.NodeTag, node.Node), new(StreamzMeter.KindTag, node.Kind)];
}
