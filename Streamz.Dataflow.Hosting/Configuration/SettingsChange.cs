using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Hosting;

/// <summary>A change of the configuration of a pipeline that runs: what an edit can make of it, and what holds from the next start only.</summary>
internal sealed class SettingsChange
{
    private readonly List<(string What, Action<PipelineEdit> Make)> _edits = [];
    private readonly List<string> _refused = [];

    /// <summary>Compares what is said now with what was said before.</summary>
    public SettingsChange(
        PipelineSettings before,
        PipelineSettings after,
        IReadOnlyDictionary<Node, NodeTarget> targetsBefore,
        IReadOnlyDictionary<Node, NodeTarget> targetsAfter)
    {
        var path = after.Path.Length > 0 ? after.Path : before.Path;
        Refuse(path, nameof(after.Capacity), before.Capacity, after.Capacity);
        Refuse(path, nameof(after.MaxWaitingEmits), before.MaxWaitingEmits, after.MaxWaitingEmits);
        Refuse(path, nameof(after.RequireSinks), before.RequireSinks, after.RequireSinks);
        Refuse(path, nameof(after.Timeout), before.Timeout, after.Timeout);
        Refuse(path, nameof(after.OnError), before.OnError, after.OnError);
        foreach (var (node, target) in targetsAfter)
        {
            Compare(node, targetsBefore[node], target, $"{path}:{nameof(after.Nodes)}:{node}", before.Timeout != after.Timeout);
        }
    }

    /// <summary>What an edit changes, in words.</summary>
    public IReadOnlyList<string> Edits => [.. _edits.Select(edit => edit.What)];

    /// <summary>The paths of what holds from the next start only.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>Describes the edit.</summary>
    public void Describe(PipelineEdit edit)
    {
        foreach (var (_, make) in _edits)
        {
            make(edit);
        }
    }

    private void Compare(Node node, NodeTarget before, NodeTarget after, string path, bool followsPipeline)
    {
        var handle = new NodeHandle(node);
        if (after.Capacity != before.Capacity)
        {
            if (after.Capacity is { } capacity)
            {
                Edit(path, nameof(after.Capacity), capacity, edit => edit.SetCapacity(handle, capacity));
            }
            else
            {
                // The compiler decides at the start only.
                Refuse(path, nameof(after.Capacity), before.Capacity, after.Capacity);
            }
        }

        if (after.Degree != before.Degree)
        {
            Edit(path, nameof(NodeSettings.MaxDegreeOfParallelism), after.Degree, edit => edit.SetParallelism(handle, after.Degree));
        }

        if (after.Interval is { } interval && interval != before.Interval)
        {
            Edit(path, nameof(NodeSettings.RateLimit), interval, edit => edit.SetRate(handle, interval));
        }

        if (!followsPipeline)
        {
            Refuse(path, nameof(after.Timeout), before.Timeout, after.Timeout);
        }

        Refuse(path, nameof(after.OnError), before.OnError, after.OnError);
    }

    private void Edit(string path, string key, object value, Action<PipelineEdit> make) => _edits.Add(($"{path}:{key} = {value}", make));

    private void Refuse<T>(string path, string key, T before, T after)
    {
        if (!EqualityComparer<T>.Default.Equals(before, after))
        {
            _refused.Add($"{path}:{key}");
        }
    }
}
