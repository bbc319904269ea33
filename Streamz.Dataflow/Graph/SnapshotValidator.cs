using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>Finds the nodes whose states could not be saved, or not be found again, where a pipeline saves them.</summary>
internal static class SnapshotValidator
{
    public static IEnumerable<string> Validate(IReadOnlyList<Node> nodes, StreamOptions options) =>
        options.Checkpoints is { SaveStates: true } ? nodes.SelectMany(ValidateNode) : [];

    private static IEnumerable<string> ValidateNode(Node node)
    {
        if (Objection(node) is { } objection)
        {
            yield return $"'{node}' {objection}";
        }
        else if (node.Name is null && IsSaved(node))
        {
            yield return $"'{node}' has a state that is saved, and no name that the next run could find it by. Give it one in NodeOptions.Name.";
        }

        foreach (var hosted in node.Hosted)
        {
            if (node.IsParallel && KeepsState(hosted))
            {
                yield return $"'{hosted}' inside '{node}' has a state of its own in each worker, which cannot be saved: the next run may deal the elements out otherwise. Put it behind '{node}', or leave CheckpointOptions.SaveStates out.";
            }
            else if (Objection(hosted) is { } reason)
            {
                yield return $"'{hosted}' inside '{node}' {reason}";
            }
        }
    }

    private static string? Objection(Node node)
    {
        if (node.FeedsItself)
        {
            return "works through a sequence that has no position to go on from, so its state cannot be saved. Put it in front of the pipeline, or leave CheckpointOptions.SaveStates out.";
        }

        return KeepsState(node) && !IsSaved(node)
            ? $"keeps a state, and its stage cannot save it. Implement {nameof(ISnapshot)} there, or leave CheckpointOptions.SaveStates out."
            : null;
    }

    private static bool KeepsState(Node node) => node.Kind is NodeKind.Stateful or NodeKind.Batching;

    // A stage is made for nothing else than to be asked: it opens nothing before it starts.
    private static bool IsSaved(Node node) => node.Kind is not NodeKind.Source && node.CreateStage() is ISnapshot;
}
