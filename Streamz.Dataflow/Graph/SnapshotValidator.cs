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
            if (Objection(hosted) is { } reason)
            {
                yield return $"'{hosted}' inside '{node}' {reason}";
            }
        }
    }

    private static string? Objection(Node node) =>
        node.SnapshotObjection is { } objection ? $"{objection}, or leave CheckpointOptions.SaveStates out."
        : node.KeepsState && !IsSaved(node) ? $"keeps a state, and its stage cannot save it. Implement {nameof(ISnapshot)} there, or leave CheckpointOptions.SaveStates out."
        : null;

    // A stage is made for nothing else than to be asked: it opens nothing before it starts.
    private static bool IsSaved(Node node) => node.Kind is not NodeKind.Source && node.CreateStage() is ISnapshot;
}
