namespace Streamz.Dataflow.Graph;

/// <summary>Finds everything that keeps a graph from running. Each fault names the node, the value and the cure.</summary>
internal static class GraphValidator
{
    public static IEnumerable<string> Validate(IReadOnlyList<Node> nodes, StreamOptions options, bool hasContext) =>
        ValidateOptions(nodes, options, hasContext)
            .Concat(nodes.SelectMany(node => ValidateNode(node, options)))
            .Concat(ValidateNames(nodes))
            .Concat(ValidateCircles(nodes))
            .Concat(nodes.SelectMany(ValidateFeedback))
            .Concat(PairingValidator.Validate(nodes))
            .Concat(SnapshotValidator.Validate(nodes, options));

    private static IEnumerable<string> ValidateOptions(IReadOnlyList<Node> nodes, StreamOptions options, bool hasContext)
    {
        var stated = nodes.Where(node => node.Options is not null).DistinctBy(node => node.Options).ToList();
        if (stated.Count > 1)
        {
            yield return $"The sources {Names(stated)} bring different StreamOptions into one graph. Give one of them options, or all of them equal ones.";
        }

        if (options.Capacity < 1)
        {
            yield return $"StreamOptions.Capacity is {options.Capacity}; it must be one or more.";
        }

        if (options.MaxWaitingEmits < 0)
        {
            yield return $"StreamOptions.MaxWaitingEmits is {options.MaxWaitingEmits}; it must be zero or more.";
        }

        if (options.RunOn.Kind == RunOnKind.CurrentContext && !hasContext)
        {
            yield return "StreamOptions.RunOn is RunOn.CurrentContext, but the thread that starts the pipeline has no SynchronizationContext. Start it on a thread that has one, or choose RunOn.DedicatedThread().";
        }

        if (!nodes.Any(node => node.Kind == NodeKind.Source))
        {
            yield return $"No source feeds {Names(nodes)}. Build the graph from a StreamSource.";
        }
    }

    private static IEnumerable<string> ValidateNode(Node node, StreamOptions options)
    {
        for (var input = 0; input < node.InputTypes.Count; input++)
        {
            if (node.Kind != NodeKind.Source && !node.Inputs.Any(edge => edge.Input == input && edge.Feedback is null))
            {
                if (node is DeadLetterNode)
                {
                    yield return $"'{node}' is named by no error policy, so no dead letter can come. Name it in an ErrorPolicy.DeadLetter, or leave it out.";
                    continue;
                }

                var which = node.InputTypes.Count == 1 ? "has no input" : $"has no input at side {input}, so it can never progress";
                yield return $"'{node}' {which}. Connect a stream to it, or leave it out.";
            }
        }

        if (options.RequireSinks && node.OutputType is not null && node.Outputs.Count == 0)
        {
            yield return $"The branch that ends at '{node}' has no sink, and StreamOptions.RequireSinks is set. Add a Sink, or leave the branch out.";
        }

        if (node.Objection?.Invoke() is { } objection)
        {
            yield return $"'{node}': {objection}";
        }

        if (node.MaxDegreeOfParallelism > 1 && options.RunOn.Kind != RunOnKind.ThreadPool && !node.MayWait)
        {
            yield return $"'{node}' runs a synchronous delegate with maxDegreeOfParallelism {node.MaxDegreeOfParallelism}, but {options.RunOn} runs one delegate at a time. Use an asynchronous delegate, parallelism 1, or RunOn.ThreadPool.";
        }
    }

    private static IEnumerable<string> ValidateNames(IReadOnlyList<Node> nodes) =>
        nodes.Where(node => node.Name is not null)
            .GroupBy(node => node.Name)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Count()} nodes are named '{group.Key}' ({string.Join(", ", group.Select(node => node.Label))}). Give each a name of its own.");

    private static IEnumerable<string> ValidateCircles(IReadOnlyList<Node> nodes)
    {
        var circle = nodes.Except(GraphOrder.Of(nodes)).Where(node => GraphOrder.Downstream(node, edge => edge.Feedback is null).Contains(node)).ToList();
        if (circle.Find(node => node.Letters.Exists(edge => circle.Contains(edge.To))) is { } failing)
        {
            var queue = failing.Letters.Find(edge => circle.Contains(edge.To))!.To;
            yield return $"The dead letters of '{failing}' go to '{queue}', which leads back to it: an element that always fails would go round without a bound. Give what is behind '{queue}' another policy, or close the loop with Feedback, which states how many elements may go round.";
        }
        else if (circle.Count > 0)
        {
            yield return $"The nodes {Names(circle)} feed one another in a circle without a bound. Close the loop with Feedback, which states how many elements may go round.";
        }
    }

    private static IEnumerable<string> ValidateFeedback(Node node)
    {
        foreach (var edge in node.Inputs.Where(edge => edge.Feedback is not null))
        {
            if (edge.From != node && !GraphOrder.Downstream(node, other => other != edge).Contains(edge.From))
            {
                yield return $"The feedback from '{edge.From}' to '{node}' closes no loop. Use Connect.";
            }

            if (node.MaxDegreeOfParallelism > 1)
            {
                yield return $"The feedback from '{edge.From}' leads to '{node}', which works on {node.MaxDegreeOfParallelism} elements at once. Lead it to the source or to a Union in front of that node.";
            }
        }
    }

    private static string Names(IEnumerable<Node> nodes) => string.Join(", ", nodes.Select(node => $"'{node}'"));
}
