using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Runtime;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Compilation;

/// <summary>Turns a plan into blocks: makes fresh stages, the segments around them, and the ports between those.</summary>
internal sealed class RunBuilder
{
    private readonly Plan _plan;
    private readonly Run _run;
    private readonly Dictionary<Node, NodeRun> _nodes = [];
    private readonly Dictionary<Edge, Port> _feedbackPorts = [];

    private RunBuilder(Plan plan, Run run)
    {
        _plan = plan;
        _run = run;
    }

    /// <summary>Builds a run.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="context">The synchronization context of the thread that starts the run, if any.</param>
    public static Run Build(Plan plan, SynchronizationContext? context)
    {
        var scheduler = RunScheduler.Create(plan.Options.RunOn, context);
        try
        {
            var run = new Run(plan.Options, scheduler);
            new RunBuilder(plan, run).Build();
            return run;
        }
        catch
        {
            scheduler.Dispose();
            throw;
        }
    }

    /// <summary>Builds a further part of a run. Edges between it and what is there are not made.</summary>
    /// <param name="part">The plan of the part.</param>
    /// <param name="run">The run.</param>
    public static void Extend(Plan part, Run run) => new RunBuilder(part, run).Build();

    /// <summary>The port of an input of a node, feedback aside.</summary>
    public static Port? FindPort(NodeRun node, int input) =>
        node.Segment?.Ports.Find(port => port.Node == node && port.Input == input && !port.IsInternal && port.Feedback is null);

    /// <summary>Makes the port of an input of a node that is the head of its segment.</summary>
    public static Port MakePort(PortAddress address)
    {
        var factory = new PortFactory(address);
        var ports = address.Node.Stage switch
        {
            SourceStage source => source.Accept(factory),
            ParallelStage parallel => parallel.Accept(factory),
            _ => address.Node.Entries[address.Input].Accept(factory),
        };
        foreach (var port in ports)
        {
            address.Node.Segment.Ports.Add(port);
            address.Node.Run.Add(port);
        }

        return ports[0];
    }

    /// <summary>Makes the inlet that another segment pushes to.</summary>
    public static Inlet MakeEdge(NodeRun from, Port to)
    {
        var inlet = to.CreateEdge(from.Segment.Flow, to.Feedback is null && EntersLoop(from, to));
        inlet.Owner = to.Node;
        return inlet;
    }

    /// <summary>Connects a node with a dead-letter queue that its failures may lead to.</summary>
    public static void ConnectQueue(NodeRun from, NodeRun queue, Edge edge)
    {
        var port = (Port<DeadLetter>)FindPort(queue, edge.Input)!;

        // Only its end is used: who waits for a place differs from letter to letter.
        from.AddLetterEdge(port, (IPortEdge)port.CreateEdge(port.Segment.Flow, EntersLoop(from, port)));
        new RunEdge(from, queue, edge.Input, edge).Add();
    }

    private void Build()
    {
        MakeStages();
        MakeLoops();
        foreach (var segment in _plan.Segments)
        {
            MakeSegment(segment);
        }

        Wire();
        MakeEntrances();
    }

    private void MakeStages()
    {
        foreach (var node in _plan.Order)
        {
            var stage = node.CreateStage();
            var nodeRun = new NodeRun(_run, node, stage);
            stage.Attach(nodeRun);
            if (TicketRegistry.IsForeign(stage))
            {
                nodeRun.OnForeignStage();
            }

            foreach (var inlet in stage.Inlets)
            {
                inlet.Owner = nodeRun;
            }

            if (stage.Outlet is { } outlet)
            {
                outlet.Owner = nodeRun;
            }

            _nodes.Add(node, nodeRun);
            _run.Add(nodeRun);
        }
    }

    private void MakeLoops()
    {
        foreach (var nodes in _plan.Loops)
        {
            var loop = new LoopRun();
            foreach (var node in nodes)
            {
                var member = _nodes[node];
                member.Loop = loop;
                loop.Members.Add(member);
            }

            _run.Loops.Add(loop);
        }
    }

    private void MakeSegment(PlannedSegment planned)
    {
        var segment = new Segment(_run, planned.Number);
        foreach (var node in planned.Nodes)
        {
            var nodeRun = _nodes[node];
            nodeRun.Segment = segment;
            segment.Nodes.Add(nodeRun);
        }

        var head = segment.Head;
        foreach (var input in head.Node.Inputs.Where(edge => edge.Feedback is null).Select(edge => edge.Input)
            .Concat(head.Stage is SourceStage ? [0] : []).Distinct().Order())
        {
            var port = MakePort(new PortAddress(head, input, planned.Places));
            port.OpenEdges = head.Node.Inputs.Count(edge => edge.Input == input && edge.Feedback is null) + (head.Stage is SourceStage ? 1 : 0);
        }

        if (head.Stage is IFeedStage feeding)
        {
            var port = MakePort(new PortAddress(head, 1, planned.Places));
            var feed = port.CreateFeed();
            feeding.Attach(feed);
            head.Feed = feed;
        }

        foreach (var edge in head.Node.Inputs.Where(edge => edge.Feedback is not null))
        {
            var bound = new FeedbackBound($"from '{edge.From}' to '{edge.To}'", edge.Feedback!.WhenFull);
            var port = MakePort(new PortAddress(head, edge.Input, edge.Feedback.Capacity, bound));
            port.OpenEdges = 1;
            head.Loop!.FeedbackPorts.Add(port);
            _feedbackPorts.Add(edge, port);
        }

        // Now, and not before it has its nodes and ports: others look at the segments of a run that is edited.
        _run.Segments.Add(segment);
    }

    private void Wire()
    {
        foreach (var node in _plan.Order)
        {
            var from = _nodes[node];
            foreach (var edge in node.Outputs)
            {
                if (_nodes.TryGetValue(edge.To, out var to))
                {
                    var connection = new RunEdge(from, to, edge.Input, edge);
                    if (from.Segment is not null)
                    {
                        connection.Target = InletOf(edge, from, to);
                        from.Stage.Outlet!.Connect(connection.Target);
                    }

                    connection.Add();
                }
            }

            from.Seal();
        }

        ConnectQueues();
    }

    private void ConnectQueues()
    {
        foreach (var edge in _plan.Order.SelectMany(node => node.Letters))
        {
            if (_nodes.TryGetValue(edge.To, out var queue))
            {
                ConnectQueue(_nodes[edge.From], queue, edge);
            }
        }
    }

    private Inlet InletOf(Edge edge, NodeRun from, NodeRun to)
    {
        var port = edge.Feedback is null ? FindPort(to, edge.Input) : _feedbackPorts[edge];
        return port is null ? to.Entries[0] : MakeEdge(from, port);
    }

    private void MakeEntrances()
    {
        foreach (var node in _plan.Order.Where(node => node.Kind == NodeKind.Source))
        {
            var source = _nodes[node];
            var isElided = _plan.ElidedSources.Contains(node);
            var port = isElided ? FindPort(_nodes[node.Outputs[0].To], node.Outputs[0].Input)! : FindPort(source, 0)!;

            // A source that is part of a loop is itself one of the loop's outer inputs.
            var entersLoop = isElided ? EntersLoop(source, port) : CountOuterEdge(port.Loop);
            ((SourceStage)source.Stage).Accept(new EntranceFactory(source, port, entersLoop));
        }
    }

    private static bool EntersLoop(NodeRun from, Port to) => to.Loop != from.Loop && CountOuterEdge(to.Loop);

    private static bool CountOuterEdge(LoopRun? loop)
    {
        loop?.OuterEdgeAdded();
        return loop is not null;
    }

    private sealed class PortFactory(PortAddress address)
        : IInletVisitor<Port[]>, IParallelStageVisitor<Port[]>, ISourceStageVisitor<Port[]>
    {
        public Port[] Visit<T>(Inlet<T> inlet)
        {
            var target = new Outlet<T> { Owner = address.Node };
            target.Connect(inlet);
            target.Seal(owner: null);
            return [new Port<T>(address, target)];
        }

        public Port[] Visit<T>(SourceStage<T> stage) => [new Port<T>(address, stage.Outlet)];

        public Port[] Visit<TIn, TOut>(ParallelStage<TIn, TOut> stage)
        {
            var workers = new ParallelRun<TIn, TOut>(address.Node, stage);
            var entry = new Port<TIn>(address, workers);
            var results = new Port<TOut>(address with { Places = int.MaxValue }, stage.Outlet, entry);
            workers.Attach(entry, results);
            address.Node.Parallel = workers;
            return [entry, results];
        }
    }

    private sealed class EntranceFactory(NodeRun source, Port port, bool entersLoop) : ISourceStageVisitor<bool>
    {
        public bool Visit<T>(SourceStage<T> stage)
        {
            if (stage is IngressStage<T>)
            {
                source.Run.Ingresses.Add(new Ingress<T>(source, (Port<T>)port, entersLoop));
            }
            else
            {
                source.Run.Drivers.Add(new SourceDriver<T>(source, stage, (Port<T>)port, entersLoop));
            }

            return true;
        }
    }
}
