using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Testing;

/// <summary>The graph around an operator under test: a source, the operator, and behind it an observer and a sink.</summary>
internal sealed class LawGraph<TIn, TOut>
{
    private const string SinkName = "law sink";
    private readonly SinkListReader<TOut>? _list;

    public LawGraph(Func<Stream<TIn>, LawProbe<TOut>, IStream> build, LawClock clock, StreamOptions options)
    {
        Clock = clock;
        Source = new StreamSource<TIn>(options with { TimeProvider = clock });
        var built = build(Source, Probe);
        Node = built.Node;
        if (built is Stream<TOut> stream)
        {
            Observer = new EndObserver();
            stream.Then(new OperatorNode<TOut, TOut>("law_observer", Observer.CreateStage<TOut>))
                .Sink(Probe.WriteOfSuiteAsync, options: new NodeOptions { Name = SinkName });
        }
        else if (built is IReadOnlyList<TOut> list)
        {
            _list = new SinkListReader<TOut>(list);
        }
    }

    public LawProbe<TOut> Probe { get; } = new();

    public LawClock Clock { get; }

    public StreamSource<TIn> Source { get; }

    /// <summary>The operator or sink under test.</summary>
    public Node Node { get; }

    /// <summary>Sits behind an operator; a sink has none.</summary>
    public EndObserver? Observer { get; }

    public List<TOut> Outputs() => _list?.Read() ?? Probe.Outputs();

    public LawRun<TIn, TOut> Start() => new(this, Source.Start());

    private sealed class SinkListReader<T>(IReadOnlyList<T> list)
    {
        public List<T> Read() => [.. list];
    }
}

/// <summary>One run of the graph around an operator under test.</summary>
internal sealed class LawRun<TIn, TOut>(LawGraph<TIn, TOut> graph, Pipeline pipeline)
{
    private readonly int _before = graph.Outputs().Count;

    public LawGraph<TIn, TOut> Graph => graph;

    public Pipeline Pipeline => pipeline;

    public List<Task<DeliveryOutcome>> Deliveries { get; } = [];

    /// <summary>What this run has written.</summary>
    public List<TOut> Outputs() => graph.Outputs()[_before..];

    public long Accepted => pipeline.GetSnapshot().Nodes[0].Received;

    public void Deliver(TIn value) => Deliveries.Add(graph.Source.DeliverAsync(value));
}
