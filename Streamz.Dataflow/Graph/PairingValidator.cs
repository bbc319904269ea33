namespace Streamz.Dataflow.Graph;

/// <summary>
/// Finds joins that constants prove can never progress: one side gathers more elements than its bound before the other side,
/// fed through the same branch point, can bring its first.
/// </summary>
internal static class PairingValidator
{
    public static IEnumerable<string> Validate(IReadOnlyList<Node> nodes) =>
        nodes.Where(node => node.PairsInputs).SelectMany(ValidateJoin);

    private static IEnumerable<string> ValidateJoin(Node join)
    {
        var paths = join.Inputs.Select(edge => (edge.Input, Path: PathTo(edge))).ToList();
        foreach (var slow in paths)
        {
            foreach (var fast in paths)
            {
                var fork = slow.Path.FirstOrDefault(step => fast.Path.Exists(other => other.Node == step.Node));
                if (slow.Input == fast.Input || fork.Node is null || join.LatestInputs.Contains(fast.Input))
                {
                    continue;
                }

                var needed = slow.Path.TakeWhile(step => step.Node != fork.Node).Aggregate(1L, (product, step) => product * step.Needs);
                var fastSteps = fast.Path.TakeWhile(step => step.Node != fork.Node).ToList();
                var gathered = needed / fastSteps.Aggregate(1L, (product, step) => product * step.Needs);
                var room = (join.Capacity ?? long.MaxValue) + fastSteps.Sum(step => (long)(step.Node.Capacity ?? 0));
                if (gathered - 1 > room && fastSteps.TrueForAll(step => step.Node.Capacity is not null || !step.Node.IsBoundary))
                {
                    yield return $"'{join}' can never progress: side {slow.Input} brings its first element after {needed} elements have passed '{fork.Node}', "
                        + $"but by then side {fast.Input} has {gathered}, and its bound is {join.Capacity}. Give the join a larger bound, or group both sides alike.";
                }
            }
        }
    }

    /// <summary>The nodes from a side up to the first that has several inputs, as long as what each needs is a constant.</summary>
    private static List<(Node Node, int Needs)> PathTo(Edge side)
    {
        var path = new List<(Node, int)>();
        for (var node = side.From; ;)
        {
            if (node.Kind == NodeKind.Source)
            {
                path.Add((node, 1));
                return path;
            }

            path.Add((node, node.InputsPerOutput ?? 1));
            if (node.InputsPerOutput is null || node.Inputs.Count != 1)
            {
                // Beyond a node of unknown ratio nothing is certain, but the node itself may still be the fork.
                return node.InputsPerOutput is null ? path[..^1] : path;
            }

            node = node.Inputs[0].From;
            if (path.Exists(step => step.Item1 == node))
            {
                // A circle that nothing feeds; it is reported as one.
                return path;
            }
        }
    }
}
