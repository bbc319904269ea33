namespace Streamz.Dataflow.Graph;

/// <summary>Changes and walks the edges between nodes.</summary>
/// <remarks>
/// One lock for all graphs: connecting two graphs makes them one, so a lock for each could not say which one to take.
/// It is held for a few list operations while graphs are being built and started, never while elements flow, and nothing
/// else is called under it.
/// </remarks>
internal static class Topology
{
    private static readonly Lock s_gate = new();

    /// <summary>The change of a running graph that the present thread is describing, if any.</summary>
    [ThreadStatic]
    private static TopologyEdit? t_edit;

    public static void Connect(params ReadOnlySpan<Edge> edges)
    {
        lock (s_gate)
        {
            foreach (var edge in edges)
            {
                RefuseIfRunning(edge.From);
                RefuseIfRunning(edge.To);
            }

            foreach (var edge in edges)
            {
                Remember(edge.From, edge.To);
                edge.From.Outputs.Add(edge);
                edge.To.Inputs.Add(edge);
                NumberSides(edge.To);
            }
        }
    }

    public static bool Disconnect(Node from, Node to)
    {
        lock (s_gate)
        {
            RefuseIfRunning(from);
            RefuseIfRunning(to);
            to.RefuseDisconnect(from);
            Remember(from, to);
            from.Outputs.RemoveAll(edge => edge.To == to);
            var removed = to.Inputs.RemoveAll(edge => edge.From == from);
            NumberSides(to);
            return removed > 0;
        }
    }

    public static void Disconnect(Node node)
    {
        lock (s_gate)
        {
            RefuseIfRunning(node);
            Remember(node);
            foreach (var edge in node.Inputs)
            {
                Remember(edge.From);
                edge.From.Outputs.Remove(edge);
            }

            node.Inputs.Clear();
        }
    }

    /// <summary>Has the user describe a change of the graph of a run.</summary>
    /// <param name="run">What the nodes were reserved for.</param>
    /// <param name="describe">Connects and disconnects.</param>
    /// <returns>The change, which is made already as far as the definition goes.</returns>
    public static TopologyEdit Edit(object run, Action<TopologyEdit> describe)
    {
        var edit = new TopologyEdit(run);
        t_edit = edit;
        try
        {
            describe(edit);
        }
        catch
        {
            Undo(edit);
            throw;
        }
        finally
        {
            t_edit = null;
        }

        return edit;
    }

    /// <summary>Takes away edges, as part of a change.</summary>
    public static void Disconnect(TopologyEdit edit, IReadOnlyList<Edge> edges)
    {
        lock (s_gate)
        {
            foreach (var edge in edges)
            {
                edit.Remember(edge.From);
                edit.Remember(edge.To);
                edge.From.Outputs.Remove(edge);
                edge.To.Inputs.Remove(edge);
                NumberSides(edge.To);
            }
        }
    }

    /// <summary>Takes a change back.</summary>
    public static void Undo(TopologyEdit edit)
    {
        lock (s_gate)
        {
            edit.Undo();
        }
    }

    /// <summary>Reserves the nodes that an edit has added for the run that they are to join.</summary>
    public static void Join(IEnumerable<Node> nodes, object run)
    {
        lock (s_gate)
        {
            foreach (var node in nodes)
            {
                node.ActiveRun = run;
            }
        }
    }

    /// <summary>All nodes that are connected with one, in the order in which they were made.</summary>
    public static IReadOnlyList<Node> Component(Node start)
    {
        lock (s_gate)
        {
            return ComponentUnderGate(start);
        }
    }

    /// <summary>Reserves all nodes connected with one for a run: until it ends the graph cannot be changed or run again.</summary>
    public static IReadOnlyList<Node> Reserve(Node start, object run)
    {
        lock (s_gate)
        {
            var nodes = ComponentUnderGate(start);
            if (nodes.FirstOrDefault(node => node.ActiveRun is not null) is { } busy)
            {
                throw new InvalidOperationException(
                    $"The graph of '{busy}' is running already. Await the Completion of that pipeline before starting another, or build the graph anew for a second one.");
            }

            foreach (var node in nodes)
            {
                node.ActiveRun = run;
            }

            return nodes;
        }
    }

    public static bool IsRunning(Node node)
    {
        lock (s_gate)
        {
            return node.ActiveRun is not null;
        }
    }

    public static void Free(IEnumerable<Node> nodes)
    {
        lock (s_gate)
        {
            foreach (var node in nodes)
            {
                node.ActiveRun = null;
            }
        }
    }

    private static List<Node> ComponentUnderGate(Node start)
    {
        var found = new HashSet<Node> { start };
        var open = new Stack<Node>([start]);
        while (open.TryPop(out var node))
        {
            foreach (var next in node.Inputs.Select(edge => edge.From).Concat(node.Outputs.Select(edge => edge.To)))
            {
                if (found.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return [.. found.OrderBy(node => node.Id)];
    }

    /// <summary>Numbers the sides of a join in their order. Called under the lock.</summary>
    public static void NumberSides(Node node)
    {
        for (var side = 0; node.HasVariableInputs && side < node.Inputs.Count; side++)
        {
            node.Inputs[side].Input = side;
        }
    }

    private static void RefuseIfRunning(Node node)
    {
        if (node.ActiveRun is not null && node.ActiveRun != t_edit?.Run)
        {
            throw new InvalidOperationException(
                $"'{node}' belongs to a running pipeline, whose graph is changed by Pipeline.EditAsync only. Change it there, connect everything before the first emit, or stop the pipeline first.");
        }
    }

    private static void Remember(params ReadOnlySpan<Node> nodes)
    {
        foreach (var node in nodes)
        {
            t_edit?.Remember(node);
        }
    }
}
