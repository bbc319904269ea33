using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Hosting;

/// <summary>The graph of one run, as the code says it, and what the configuration makes of it.</summary>
internal sealed class GraphSettings
{
    private readonly IReadOnlyList<Node> _nodes;
    private readonly Dictionary<Node, NodeTarget> _coded;

    /// <summary>Reads a graph before anything in it was set.</summary>
    public GraphSettings(IStream source)
    {
        _nodes = Topology.Component(source.Node);
        _coded = _nodes.ToDictionary(node => node, NodeTarget.Coded);
    }

    /// <summary>How each node is to be.</summary>
    /// <param name="settings">What the configuration says.</param>
    /// <param name="errors">Gets a text, with its path, for each name that is unknown, and for what a node cannot be.</param>
    public IReadOnlyDictionary<Node, NodeTarget> Resolve(PipelineSettings settings, ICollection<string> errors)
    {
        var named = new Dictionary<Node, NodeSettings>();
        foreach (var (name, node) in settings.Nodes)
        {
            if (Find(name, node.Path, _ => true, "node", errors) is { } found)
            {
                named[found] = node;
            }
        }

        foreach (var (node, its) in named)
        {
            if (its.OnError is { } policy && FindQueue(policy, errors, out var queue) && GraphEditing.FindObjection(node, policy.ToPolicy(queue)) is { } objection)
            {
                errors.Add($"{policy.Path}: {objection}");
            }
        }

        if (settings.OnError is { } ofPipeline)
        {
            FindQueue(ofPipeline, errors, out _);
        }

        return _nodes.ToDictionary(node => node, node => _coded[node].With(node, settings, named.GetValueOrDefault(node), errors));
    }

    /// <summary>Sets the nodes of a graph that does not run yet. What <see cref="Resolve"/> has found faults in is not to be applied.</summary>
    public void Apply(string name, PipelineSettings settings, IReadOnlyDictionary<Node, NodeTarget> targets, StreamOptions options)
    {
        foreach (var (node, target) in targets)
        {
            node.StatedCapacity = target.Capacity;
            node.MaxDegreeOfParallelism = target.Degree;
            if (target.Interval is { } interval)
            {
                node.Rate!.Interval = interval;
            }

            node.Apply(new NodeOptions { Timeout = target.Timeout, OnError = target.OnError is { } policy ? ToPolicy(policy) : null });
        }

        // Sources that the user has given the same options keep having the same.
        var configured = options with
        {
            Name = options.Name ?? name,
            Capacity = settings.Capacity ?? options.Capacity,
            MaxWaitingEmits = settings.MaxWaitingEmits ?? options.MaxWaitingEmits,
            RequireSinks = settings.RequireSinks ?? options.RequireSinks,
            OnError = settings.OnError is { } ofPipeline ? ToPolicy(ofPipeline) : options.OnError,
        };
        foreach (var source in _nodes.Where(node => node.Options == options))
        {
            source.Options = configured;
        }
    }

    private ErrorPolicy ToPolicy(ErrorPolicySettings settings)
    {
        FindQueue(settings, [], out var queue);
        return settings.ToPolicy(queue);
    }

    private bool FindQueue(ErrorPolicySettings settings, ICollection<string> errors, out DeadLetterQueue? queue)
    {
        queue = null;
        if (settings.DeadLetter is not { } name)
        {
            return settings is not { Retry: null, Then: null };
        }

        if (Find(name, $"{settings.Path}:{nameof(settings.DeadLetter)}", node => node is DeadLetterNode, "dead-letter queue", errors) is not { } node)
        {
            return false;
        }

        queue = new DeadLetterQueue((DeadLetterNode)node);
        return true;
    }

    private Node? Find(string name, string path, Func<Node, bool> isMeant, string what, ICollection<string> errors)
    {
        var candidates = _nodes.Where(node => node.Name is not null && isMeant(node)).ToList();
        var found = candidates.FindAll(node => node.Name!.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (found is [var node])
        {
            return node;
        }

        errors.Add(found.Count > 1
            ? $"{path}: several nodes are named '{name}' but for upper and lower case, which configuration does not tell apart."
            : candidates.Count == 0
            ? $"{path}: the pipeline has no {what} with a name. Name it where its operator is written."
            : $"{path}: no {what} of the pipeline is named '{name}'. Those with a name are {string.Join(", ", candidates.Select(each => $"'{each.Name}'"))}.");
        return null;
    }
}
