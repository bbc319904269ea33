namespace Streamz.Dataflow.Graph.Errors;

/// <summary>Finds what each node of a graph does on a failure, and connects the nodes with the queues that this leads to.</summary>
/// <remarks>Called under the lock of <see cref="Topology"/>, for a graph that does not run.</remarks>
internal static class LetterEdges
{
    /// <summary>The queues that a node's own words lead to: its policy, those of operators inside it, and the pipeline's if it states that.</summary>
    public static IEnumerable<DeadLetterNode> QueuesOf(Node node) =>
        Own(node).Concat(node.Options?.OnError.Queues ?? []).Concat(node.Hosted.SelectMany(Inside)).Select(queue => (DeadLetterNode)queue.Node);

    public static void Connect(IReadOnlyList<Node> nodes) =>
        Connect(nodes, nodes.Select(node => node.Options).FirstOrDefault(options => options is not null)?.OnError ?? ErrorPolicy.Stop);

    /// <summary>Does so for nodes whose pipeline has a policy that they may not know.</summary>
    public static void Connect(IReadOnlyList<Node> nodes, ErrorPolicy pipeline)
    {
        var fallback = PolicyPlan.Of(pipeline, PolicyPlan.Stop);
        var behind = Behind(pipeline.Queues.Select(queue => queue.Node));
        foreach (var node in nodes)
        {
            // The failure of a source is that of no element: the policy of the pipeline is not meant for it.
            node.Policy = node is DeadLetterNode ? PolicyPlan.Stop
                : PolicyPlan.Of(node.OnError, node.Kind == NodeKind.Source || behind.Contains(node) ? PolicyPlan.Stop : fallback);
            Connect(node, [.. QueuesOf(node, node.Policy).Select(queue => queue.Node).Distinct()]);
        }
    }

    private static IEnumerable<DeadLetterQueue> Own(Node node) => node.OnError?.Queues ?? [];

    private static IEnumerable<DeadLetterQueue> Inside(Node hosted) => Own(hosted).Concat(hosted.Hosted.SelectMany(Inside));

    private static IEnumerable<DeadLetterQueue> QueuesOf(Node node, PolicyPlan plan) =>
        plan.Queues.Concat(node.Hosted.SelectMany(hosted => QueuesOf(hosted, PolicyPlan.Of(hosted.OnError, plan))));

    private static void Connect(Node node, IReadOnlyList<Node> queues)
    {
        if (node.Letters.Select(edge => edge.To).SequenceEqual(queues) && node.Letters.TrueForAll(edge => edge.To.Inputs.Contains(edge)))
        {
            return;
        }

        foreach (var edge in node.Letters)
        {
            edge.To.Inputs.Remove(edge);
        }

        node.Letters.Clear();
        foreach (var queue in queues)
        {
            var edge = new Edge(node, queue, 0, null) { IsDeadLetters = true };
            node.Letters.Add(edge);
            queue.Inputs.Add(edge);
        }
    }

    /// <summary>The queues and what is behind them, also by way of other queues; not what a loop leads back to.</summary>
    private static HashSet<Node> Behind(IEnumerable<Node> queues)
    {
        var found = new HashSet<Node>(queues);
        var open = new Stack<Node>(found);
        while (open.TryPop(out var node))
        {
            foreach (var next in node.Outputs.Where(edge => edge.Feedback is null).Select(edge => edge.To).Concat(Inside(node).Select(queue => queue.Node)))
            {
                if (found.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return found;
    }
}
