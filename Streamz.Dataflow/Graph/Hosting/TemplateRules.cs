namespace Streamz.Dataflow.Graph.Hosting;

/// <summary>What an operator can run inside itself. Each refusal names the node and the cure.</summary>
/// <param name="host">The name of the operator, as the user calls it.</param>
/// <param name="part">What one instance of the template is called, for example <c>group</c>.</param>
/// <param name="parameter">The name of the parameter that brings the body.</param>
internal class TemplateRules(string host, string part, string parameter)
{
    public string Host { get; } = host;

    public string Part { get; } = part;

    public string Parameter { get; } = parameter;

    /// <summary>Refuses what the host cannot carry.</summary>
    /// <exception cref="ArgumentException">The host cannot carry it.</exception>
    public void Check(Node entrance, Node result)
    {
        var inside = GraphOrder.Downstream(entrance);
        inside.Add(entrance);
        if (!inside.Contains(result))
        {
            throw Refusal(result, $"does not come from the stream that the body was given. Begin the chain with that stream");
        }

        var nodes = Topology.Template(entrance);
        if (nodes.FirstOrDefault(node => !inside.Contains(node)) is { } outside)
        {
            throw Refusal(outside, $"is not part of the {Part}, but is connected with it. Join other streams in front of {Host} or behind it");
        }

        foreach (var node in nodes)
        {
            if (Objection(node, isEntrance: node == entrance) is { } objection)
            {
                throw Refusal(node, objection);
            }
        }

        if (nodes.Where(node => node.Name is not null).GroupBy(node => node.Name).FirstOrDefault(named => named.Count() > 1) is { } twice)
        {
            throw Refusal(twice.First(), $"shares its name with another node of the {Part}. Give each a name of its own");
        }
    }

    /// <summary>Why a node cannot be run inside the host, with the cure; null if it can.</summary>
    protected virtual string? Objection(Node node, bool isEntrance) =>
        node.Inputs.Exists(edge => edge.Feedback is not null) ? $"is the target of a feedback edge. Put the loop around {Host}"
        : isEntrance ? (node.Inputs.Count > 0 ? $"is fed by another stream. Join other streams in front of {Host}" : null)
        : node.InputTypes.Count != 1 || node.Inputs.Count != 1 || node.HasVariableInputs ? $"has several inputs. Join streams in front of {Host} or behind it"
        : node.OutputType is null ? $"is a sink. Put it behind {Host}, and let the {Part} return what it is to write"
        : node.EntersCluster ? $"hands its elements to a cluster, but a {Part} works on one at a time, so that the workers would have no more than that. Put Scatter and Gather in front of {Host} or behind it"
        : node.IsParallel ? $"works on several elements at once, but a {Part} works on one. Leave its parallelism out, or put it behind {Host}"
        : node.FeedsItself ? $"works beside the elements that it gets. Put it behind {Host}"
        : node.Timeout is not null ? $"states a timeout for each call, which a {Part} does not keep. Leave it out, or cancel the call in its delegate"
        : node.Capacity is not null ? $"asks for an input queue of its own, which a {Part} does not have. Leave its capacity out, or put it in front of {Host} or behind it"
        : null;

    private ArgumentException Refusal(Node node, string objection) =>
        new($"'{node}' cannot be part of the body of {Host}: it {objection}.", Parameter);
}
