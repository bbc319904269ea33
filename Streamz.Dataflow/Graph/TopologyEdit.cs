namespace Streamz.Dataflow.Graph;

/// <summary>
/// A change of the graph of a running pipeline, as the user describes it: what was connected and disconnected, and how to take all of it
/// back. Belongs to the thread that describes it, under the lock of <see cref="Topology"/>.
/// </summary>
/// <param name="run">What <see cref="Topology.Reserve"/> reserved the nodes for.</param>
internal sealed class TopologyEdit(object run)
{
    private readonly Dictionary<Node, (List<Edge> Inputs, List<Edge> Outputs)> _before = [];
    private readonly List<Action> _undo = [];

    /// <summary>The run whose nodes may be changed.</summary>
    public object Run { get; } = run;

    /// <summary>The edges that were added, and are still there.</summary>
    public IEnumerable<Edge> Added => _before.Keys.SelectMany(node => node.Inputs.Except(_before[node].Inputs)).Distinct();

    /// <summary>The edges that were there before, and are not any more.</summary>
    public IEnumerable<Edge> Removed => _before.Values.SelectMany(before => before.Inputs).Distinct().Where(edge => !edge.To.Inputs.Contains(edge)).ToList();

    /// <summary>Remembers the edges of a node before they are changed.</summary>
    public void Remember(Node node) => _before.TryAdd(node, ([.. node.Inputs], [.. node.Outputs]));

    /// <summary>Remembers how a setting is taken back.</summary>
    public void OnUndo(Action undo) => _undo.Add(undo);

    /// <summary>Takes all changes back.</summary>
    public void Undo()
    {
        foreach (var (node, (inputs, outputs)) in _before)
        {
            node.Inputs.Clear();
            node.Inputs.AddRange(inputs);
            node.Outputs.Clear();
            node.Outputs.AddRange(outputs);
        }

        foreach (var node in _before.Keys)
        {
            Topology.NumberSides(node);
        }

        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            _undo[i]();
        }
    }
}
