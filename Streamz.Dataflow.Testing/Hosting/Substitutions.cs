using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Testing;

/// <summary>The ends that a test replaces, in each graph of a host that is made.</summary>
/// <param name="clock">The clock that the pipelines are to have.</param>
internal sealed class Substitutions(TimeProvider clock) : IGraphSubstitution
{
    private readonly List<Substitution> _all = [];

    /// <summary>The pipelines that something is to be replaced in.</summary>
    public IEnumerable<string> Pipelines => _all.Select(each => each.Pipeline);

    public void Add(Substitution substitution)
    {
        if (_all.Exists(each => each.Pipeline == substitution.Pipeline && each.Name == substitution.Name))
        {
            throw new ArgumentException($"'{substitution.Name}' of the pipeline '{substitution.Pipeline}' is replaced already.");
        }

        _all.Add(substitution);
    }

    public PipelineDraft Apply(string pipeline, PipelineDraft draft, ICollection<string> errors)
    {
        if (draft.Options.TimeProvider != clock)
        {
            errors.Add($"{pipeline}: its StreamOptions state a TimeProvider of their own, so that its time is not the test's. Take the TimeProvider from the services.");
        }

        var nodes = Topology.Component(draft.Source.Node);
        foreach (var substitution in _all.Where(each => each.Pipeline == pipeline))
        {
            var node = nodes.FirstOrDefault(each => each.Name == substitution.Name);
            if (substitution.FindObjection(node) is { } objection)
            {
                errors.Add($"{pipeline}: {objection}");
                continue;
            }

            if (node is null)
            {
                var names = string.Join(", ", nodes.Where(each => each.Name is not null).Select(each => $"'{each.Name}'"));
                errors.Add($"{pipeline}: no node is named '{substitution.Name}', so that it cannot be replaced. {(names.Length == 0 ? "None has a name." : $"Those with a name are {names}.")}");
                continue;
            }

            var by = substitution.CreateNode();
            by.Name = node.Name;
            by.Options = node.Options;
            by.StatedCapacity = node.StatedCapacity;
            Topology.Substitute(node, by);
            draft = draft.Source.Node == node ? draft with { Source = new NodeHandle(by) } : draft;
        }

        return draft;
    }
}

/// <summary>An end that is to be replaced.</summary>
/// <param name="Pipeline">The name of the pipeline.</param>
/// <param name="Name">The name of the node.</param>
/// <param name="Kind">What it has to be.</param>
/// <param name="ElementType">What it has to take or give.</param>
/// <param name="CreateNode">Makes, or gives, what comes in its place.</param>
internal sealed record Substitution(string Pipeline, string Name, NodeKind Kind, Type ElementType, Func<Node> CreateNode)
{
    /// <summary>Why a node cannot be replaced; null if it can, or if there is none.</summary>
    public string? FindObjection(Node? node)
    {
        if (node is null)
        {
            return null;
        }

        if (node.Kind != Kind)
        {
            return $"'{Name}' is no {Text(Kind)}, so that no probe can take its place. Name the {Text(Kind)} itself.";
        }

        if (Kind == NodeKind.Source && node.OutputType is { } given && node.Operator == "source")
        {
            return $"'{Name}' is what the test emits into anyway. Use Emitter<{TypeName.Of(given)}>().";
        }

        var type = Kind == NodeKind.Sink ? node.InputTypes[0] : node.OutputType!;
        return type == ElementType ? null : $"'{Name}' {(Kind == NodeKind.Sink ? "takes" : "gives")} elements of type {TypeName.Of(type)}, and what replaces it is for {TypeName.Of(ElementType)}.";
    }

    private static string Text(NodeKind kind) => kind == NodeKind.Sink ? "sink" : "source";
}
