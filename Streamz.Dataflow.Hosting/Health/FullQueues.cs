using System.Collections.Concurrent;

namespace Streamz.Dataflow.Hosting;

/// <summary>Knows since when the input queues of nodes are full.</summary>
internal sealed class FullQueues(IEnumerable<IPipeline> pipelines, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Pipeline, string Node), (long Since, string Text)> _full = new();

    /// <summary>Looks at all queues. One that has had room at any look begins anew.</summary>
    public void Look()
    {
        var now = clock.GetTimestamp();
        foreach (var pipeline in pipelines)
        {
            if (pipeline.State != PipelineState.Running)
            {
                Forget(pipeline.Name, _ => true);
                continue;
            }

            var full = pipeline.GetSnapshot().Nodes.Where(node => node.Capacity > 0 && node.Queued >= node.Capacity && node.Waiting > 0).ToList();
            foreach (var node in full)
            {
                var text = $"{node.Queued} of {node.Capacity} places taken, {node.Waiting} senders waiting";
                _full.AddOrUpdate((pipeline.Name, node.Name), (now, text), (_, before) => (before.Since, text));
            }

            Forget(pipeline.Name, name => full.TrueForAll(node => node.Name != name));
        }
    }

    /// <summary>The nodes that have been full for longer than a time, each with a text.</summary>
    public IReadOnlyList<(string Pipeline, string Text)> Find(TimeSpan limit) =>
        [.. _full.Select(entry => (entry.Key, entry.Value, For: clock.GetElapsedTime(entry.Value.Since)))
            .Where(entry => entry.For > limit)
            .OrderBy(entry => entry.Key)
            .Select(entry => (entry.Key.Pipeline, $"{entry.Key.Pipeline}: '{entry.Key.Node}' has been full for {TimeSpan.FromSeconds((long)entry.For.TotalSeconds):c} ({entry.Value.Text})"))];

    private void Forget(string pipeline, Func<string, bool> isGone)
    {
        foreach (var key in _full.Keys.Where(key => key.Pipeline == pipeline && isGone(key.Node)))
        {
            _full.TryRemove(key, out _);
        }
    }
}
