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
    private readonly Dictionary<(Node Node, int Input), Port> _ports = [];
    private readonly Dictionary<Edge, Port> _feedbackPorts = [];

    private RunBuilder(Plan plan, RunScheduler scheduler)
    {
        _plan = plan;
        _run = new Run(plan.Options, scheduler);
    }

    /// <summary>Builds a run.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="context">The synchronization context of the thread that starts the run, if any.</param>
    public static Run Build(Plan plan, SynchronizationContext? context)
    {
        var scheduler = RunScheduler.Create(plan.Options.RunOn, context);
        try
        {
            return new RunBuilder(plan, scheduler).Build();
        }
        catch
        {
            scheduler.Dispose();
            throw;
        }
    }

    private Run Build()
    {
        MakeStages();
        MakeLoops();
        foreach (var segment in _plan.Segments)
        {
            MakeSegment(segment);
        }

        Wire();
        MakeEntrances();
        return _run;
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
            _run.Nodes.Add(nodeRun);
        }

        foreach (var edge in _plan.Order.SelectMany(node => node.Outputs))
        {
            var connection = new RunEdge(_nodes[edge.From], _nodes[edge.To], edge.Input);
            connection.From.Outputs.Add(connection);
        }

        foreach (var connection in _plan.Order.SelectMany(node => node.Inputs.Select(edge => (Node: node, Edge: edge))))
        {
            _nodes[connection.Node].Inputs.Add(new RunEdge(_nodes[connection.Edge.From], _nodes[connection.Node], connection.Edge.Input));
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
        _run.Segments.Add(segment);
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
            var port = MakePort(segment, new PortAddress(head, input, planned.Places));
            port.OpenEdges = head.Node.Inputs.Count(edge => edge.Input == input && edge.Feedback is null) + (head.Stage is SourceStage ? 1 : 0);
            _ports.Add((head.Node, input), port);
        }

        if (head.Stage is IFeedStage feeding)
        {
            var port = MakePort(segment, new PortAddress(head, 1, planned.Places));
            var feed = port.CreateFeed();
            feeding.Attach(feed);
            head.Feed = feed;
        }

        foreach (var edge in head.Node.Inputs.Where(edge => edge.Feedback is not null))
        {
            var bound = new FeedbackBound($"from '{edge.From}' to '{edge.To}'", edge.Feedback!.WhenFull);
            var port = MakePort(segment, new PortAddress(head, edge.Input, edge.Feedback.Capacity, bound));
            port.OpenEdges = 1;
            head.Loop!.FeedbackPorts.Add(port);
            _feedbackPorts.Add(edge, port);
        }
    }

    private Port MakePort(Segment segment, PortAddress address)
    {
        var factory = new PortFactory(address);
        var ports = address.Node.Stage switch
        {
            SourceStage source => source.Accept(factory),
            ParallelStage parallel => parallel.Accept(factory),
            var stage => stage.Inlets[address.Input].Accept(factory),
        };
        foreach (var port in ports)
        {
            segment.Ports.Add(port);
            _run.Ports.Add(port);
        }

        return ports[0];
    }

    private void Wire()
    {
        foreach (var node in _plan.Order.Except(_plan.ElidedSources))
        {
            var from = _nodes[node];
            foreach (var edge in node.Outputs)
            {
                from.Stage.Outlet!.Connect(InletOf(edge, from));
            }

            from.Stage.Outlet?.Seal(from.Stage.Inlets is [var inlet] ? inlet : null);
        }
    }

    private Inlet InletOf(Edge edge, NodeRun from)
    {
        if (edge.Feedback is not null)
        {
            return Own(_feedbackPorts[edge].CreateEdge(from.Segment.Flow, fromOutsideLoop: false), edge.To);
        }

        return _ports.TryGetValue((edge.To, edge.Input), out var port)
            ? Own(port.CreateEdge(from.Segment.Flow, EntersLoop(from, port)), edge.To)
            : _nodes[edge.To].Stage.Inlets[0];
    }

    private Inlet Own(Inlet inlet, Node node)
    {
        inlet.Owner = _nodes[node];
        return inlet;
    }

    private void MakeEntrances()
    {
        foreach (var node in _plan.Order.Where(node => node.Kind == NodeKind.Source))
        {
            var source = _nodes[node];
            var isElided = _plan.ElidedSources.Contains(node);
            var port = isElided ? _ports[(node.Outputs[0].To, node.Outputs[0].Input)] : _ports[(node, 0)];

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
            var workers = new ParallelRun<TIn, TOut>(address.Node, stage, address.Places);
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
