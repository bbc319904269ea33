using Streamz.Dataflow.Graph.Errors;

namespace Streamz.Dataflow.Graph;

/// <summary>Changes and walks the edges between nodes.</summary>
/// <remarks>
/// One lock for all graphs: connecting two graphs makes them one, so a lock for each could not say which one to take.
/// It is held for a few list operations while graphs are being built, started, edited or looked at, never while elements flow, and nothing
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

    /// <summary>Puts a node in the place of another, whose connections it takes over at the same inputs; those that it had are taken from it.</summary>
    /// <exception cref="InvalidOperationException">The graph of one of them is running.</exception>
    public static void Substitute(Node node, Node by)
    {
        lock (s_gate)
        {
            RefuseIfRunning(node);
            RefuseIfRunning(by);
            foreach (var edge in by.Outputs)
            {
                edge.To.Inputs.Remove(edge);
            }

            by.Outputs.Clear();
            foreach (var edge in node.Outputs)
            {
                var moved = edge with { From = by };
                edge.To.Inputs[edge.To.Inputs.IndexOf(edge)] = moved;
                by.Outputs.Add(moved);
            }

            foreach (var edge in node.Inputs)
            {
                var moved = edge with { To = by };
                edge.From.Outputs[edge.From.Outputs.IndexOf(edge)] = moved;
                by.Inputs.Add(moved);
            }

            node.Outputs.Clear();
            node.Inputs.Clear();
        }
    }

    /// <summary>Reads what edits of a running graph may be changing.</summary>
    /// <param name="read">Reads edges, and calls nothing of a user's.</param>
    public static TResult Read<TResult>(Func<TResult> read)
    {
        lock (s_gate)
        {
            return read();
        }
    }

    /// <summary>Has the user describe a change of the graph of a run.</summary>
    /// <param name="run">What the nodes were reserved for.</param>
    /// <param name="describe">Connects and disconnects.</param>
    /// <returns>The change, which is made already as far as the definition goes.</returns>
    public static TopologyEdit Edit(object run, Action<TopologyEdit> describe)
    {
        var edit = new TopologyEdit(run);
        var around = t_edit;
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
            t_edit = around;
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

    /// <summary>Takes nodes that leave a run from the queues that their failures could lead to, as part of a change.</summary>
    public static void DisconnectQueues(TopologyEdit edit, IReadOnlySet<Node> leaving)
    {
        Disconnect(edit, [.. leaving.SelectMany(node => node.Letters).Where(edge => !leaving.Contains(edge.To))]);
        lock (s_gate)
        {
            foreach (var queue in leaving.SelectMany(node => node.Letters).Select(edge => (DeadLetterNode)edge.To).Distinct())
            {
                var before = queue.Feeders.ToList();
                queue.Feeders.RemoveWhere(feeder => leaving.Contains(Outermost(feeder)));
                edit.OnUndo(() => queue.Feeders.UnionWith(before));
            }
        }
    }

    /// <summary>Connects nodes that an edit has added with the queues that their failures lead to, as part of a change.</summary>
    public static void ConnectQueues(TopologyEdit edit, IReadOnlyList<Node> added, IEnumerable<Node> all, ErrorPolicy pipeline)
    {
        lock (s_gate)
        {
            foreach (var queue in all.OfType<DeadLetterNode>())
            {
                edit.Remember(queue);
            }

            LetterEdges.Connect(added, pipeline);
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

    /// <summary>Says what a node does on a failure.</summary>
    public static void SetPolicy(Node node, ErrorPolicy policy)
    {
        lock (s_gate)
        {
            if (node.ActiveRun is not null)
            {
                throw new InvalidOperationException($"'{node}' belongs to a running pipeline; what it does on a failure is said before the start.");
            }

            foreach (var queue in LetterEdges.QueuesOf(node))
            {
                queue.Feeders.Remove(node);
            }

            node.OnError = policy;
            NoteFeederUnderGate(node);
        }
    }

    /// <summary>Notes that a node feeds the queues that its own words lead to.</summary>
    public static void NoteFeeder(Node node)
    {
        lock (s_gate)
        {
            NoteFeederUnderGate(node);
        }
    }

    /// <summary>All nodes that are connected with one, in the order in which they were made.</summary>
    public static IReadOnlyList<Node> Component(Node start)
    {
        lock (s_gate)
        {
            var nodes = ComponentUnderGate(start);
            if (nodes.TrueForAll(node => node.ActiveRun is null))
            {
                LetterEdges.Connect(nodes);
            }

            return nodes;
        }
    }

    /// <summary>The nodes that edges connect with one, whatever their policies lead to: those of a template.</summary>
    public static IReadOnlyList<Node> Template(Node start)
    {
        lock (s_gate)
        {
            return ComponentUnderGate(start, withQueues: false);
        }
    }

    /// <summary>Reserves the nodes of a template for good.</summary>
    public static void ReserveTemplate(Node start, object template)
    {
        lock (s_gate)
        {
            foreach (var node in ComponentUnderGate(start, withQueues: false))
            {
                node.ActiveRun = template;
            }
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

            LetterEdges.Connect(nodes);
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

    private static List<Node> ComponentUnderGate(Node start, bool withQueues = true)
    {
        var found = new HashSet<Node> { start };
        var open = new Stack<Node>([start]);
        while (open.TryPop(out var node))
        {
            var neighbours = node.Inputs.Where(edge => !edge.IsDeadLetters).Select(edge => edge.From).Concat(node.Outputs.Select(edge => edge.To));
            foreach (var next in withQueues ? neighbours.Concat(LetterEdges.QueuesOf(node)).Concat(FeedersOf(node)) : neighbours)
            {
                if (found.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return [.. found.OrderBy(node => node.Id)];
    }

    /// <summary>The nodes that a queue's letters come from: for one that runs inside another, the outermost.</summary>
    private static IEnumerable<Node> FeedersOf(Node node)
    {
        foreach (var feeder in node is DeadLetterNode queue ? queue.Feeders : [])
        {
            yield return Outermost(feeder);
        }
    }

    private static Node Outermost(Node node)
    {
        while (node.Host is { } host)
        {
            node = host;
        }

        return node;
    }

    private static void NoteFeederUnderGate(Node node)
    {
        foreach (var queue in LetterEdges.QueuesOf(node))
        {
            if (queue.Feeders.Add(node))
            {
                // Or the queue would lead each later edit to a node that is not there.
                t_edit?.OnUndo(() => queue.Feeders.Remove(node));
            }
        }
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
