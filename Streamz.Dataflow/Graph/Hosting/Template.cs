using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Hosting;

/// <summary>
/// A piece of a graph that an operator runs inside itself, any number of times, each time with fresh stages. It is checked and
/// frozen when it is defined.
/// </summary>
internal sealed class Template<TIn, TOut>
{
    private const int Exit = -1;

    private readonly int[] _firsts;
    private readonly int[][] _targets;

    private Template(TemplateNode<TIn> entrance, Node result)
    {
        var order = GraphOrder.Of(Topology.Template(entrance));
        order.Remove(entrance);
        Nodes = order;
        Result = result;
        _firsts = TargetsOf(entrance);
        _targets = [.. order.Select(TargetsOf)];

        int[] TargetsOf(Node node) =>
            [.. node.Outputs.Select(edge => order.IndexOf(edge.To)), .. node == result ? [Exit] : Array.Empty<int>()];
    }

    /// <summary>The nodes in graph order.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The node whose elements are the results.</summary>
    public Node Result { get; }

    /// <summary>Whether a stage may wait while it holds an element.</summary>
    public bool MayWait => Nodes.Any(node => node.MayWait);

    /// <summary>Whether a stage acts by the clock or holds elements back.</summary>
    public bool IsBoundary => Nodes.Any(node => node.IsBoundary);

    /// <summary>Whether a stage asks when its elements arrived.</summary>
    public bool NotesArrivals => Nodes.Any(node => node.NotesArrivals);

    /// <summary>The operators of the template, for the label of its host.</summary>
    public string Text => Nodes.Count == 0 ? "" : $"({string.Join(", ", Nodes.Select(node => node.Operator))})";

    /// <summary>Calls the body on a stream of its own, and checks what it made.</summary>
    /// <param name="body">Puts operators behind the stream.</param>
    /// <param name="rules">What the host can carry.</param>
    /// <exception cref="ArgumentException">The host cannot carry what the body made.</exception>
    public static Template<TIn, TOut> Define(Func<Stream<TIn>, Stream<TOut>> body, TemplateRules rules)
    {
        var entrance = new TemplateNode<TIn>(rules.Part);
        var result = body(new Stream<TIn>(entrance))
            ?? throw new ArgumentException($"The body of {rules.Host} returned null. Let it return the last stream of its chain.", rules.Parameter);
        rules.Check(entrance, result.Node);
        var template = new Template<TIn, TOut>(entrance, result.Node);

        // For good: what is put behind it later would not run.
        Topology.ReserveTemplate(entrance, template);
        return template;
    }

    /// <summary>Makes fresh stages, connected with one another and with their host.</summary>
    /// <param name="owner">The context of the host.</param>
    /// <param name="exit">Takes the results.</param>
    /// <param name="contextOf">Makes the context of each stage, in graph order.</param>
    /// <returns>Where elements are pushed in; a push never fails.</returns>
    public Outlet<TIn> Build(StageContext owner, Inlet<TOut> exit, Func<Node, IStage, StageContext> contextOf)
    {
        var stages = new IStage[Nodes.Count];
        var entries = new Inlet[stages.Length];
        for (var i = 0; i < stages.Length; i++)
        {
            var stage = stages[i] = Nodes[i].CreateStage();
            var context = contextOf(Nodes[i], stage);
            stage.Attach(context);
            if (TicketRegistry.IsForeign(stage))
            {
                owner.OnForeignStage();
            }

            stage.Inlets[0].Owner = context;
            stage.Outlet!.Owner = context;
            entries[i] = context is NodeContext { Policy: var policy } node ? policy.Guard(stage.Inlets[0], node, stage.Outlet) : stage.Inlets[0];
        }

        exit.Owner = owner;
        var entrance = new Outlet<TIn> { Owner = owner };
        Wire(entrance, _firsts, owner: null);
        for (var i = 0; i < stages.Length; i++)
        {
            Wire(stages[i].Outlet!, _targets[i], entries[i]);
        }

        return entrance;

        void Wire(Outlet outlet, int[] targets, Inlet? owner)
        {
            foreach (var target in targets)
            {
                outlet.Connect(target == Exit ? exit : entries[target]);
            }

            outlet.Seal(owner);
        }
    }
}
