using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>A node with any number of inputs of one type, which can be connected and disconnected, and one output.</summary>
/// <typeparam name="T">The type of what comes in.</typeparam>
/// <typeparam name="TOut">The type of what goes on.</typeparam>
public sealed class JoinAllNode<T, TOut> : Node
{
    private readonly Func<IReadOnlyList<IStream>, JoinStage<TOut>> _createStage;

    /// <summary>Makes the node.</summary>
    /// <param name="operatorName">The name of the operator, for example <c>zip_all</c>.</param>
    /// <param name="createStage">Makes a fresh stage for each run, with an input for each of the streams that it gets.</param>
    /// <exception cref="ArgumentException"><paramref name="operatorName"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="createStage"/> is null.</exception>
    public JoinAllNode(string operatorName, Func<IReadOnlyList<IStream>, JoinStage<TOut>> createStage)
        : base(operatorName)
    {
        ArgumentNullException.ThrowIfNull(createStage);
        _createStage = createStage;
        Kind = NodeKind.Join;
        IsBoundary = true;
    }

    /// <summary>Streams that cannot be disconnected, since nothing would be emitted without them.</summary>
    internal IReadOnlyList<IStream> Required { get; init; } = [];

    /// <summary>Puts the join behind streams, each of which becomes the next side.</summary>
    /// <param name="options">What the user says of the node.</param>
    /// <param name="streams">The streams; at least one.</param>
    /// <returns>The stream of what the join pushes on.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="streams"/> or one of them is null.</exception>
    /// <exception cref="ArgumentException">There is no stream.</exception>
    /// <exception cref="InvalidOperationException">One of the graphs is running.</exception>
    public Stream<TOut> Join(NodeOptions? options, params IReadOnlyList<Stream<T>> streams)
    {
        ArgumentNullException.ThrowIfNull(streams);
        if (streams.Count == 0)
        {
            throw new ArgumentException($"'{this}' got no stream. Give it at least one.", nameof(streams));
        }

        var edges = new Edge[streams.Count];
        for (var side = 0; side < edges.Length; side++)
        {
            var from = streams[side] ?? throw new ArgumentNullException(nameof(streams), $"The stream for side {side} of '{this}' is null.");
            edges[side] = new Edge(from.Node, this, side, null);
        }

        Apply(options);
        Topology.Connect(edges);
        return new Stream<TOut>(this);
    }

    internal override bool HasVariableInputs => true;

    internal override IReadOnlyList<Type> InputTypes => [.. Enumerable.Repeat(typeof(T), Math.Max(1, Inputs.Count))];

    internal override Type OutputType => typeof(TOut);

    internal override IStage CreateStage() => _createStage([.. Inputs.Select(edge => new Stream<T>(edge.From))]);

    internal override void RefuseDisconnect(Node from)
    {
        if (Required.Any(stream => stream.Node == from))
        {
            throw new InvalidOperationException($"'{this}' emits on '{from}', which therefore cannot be disconnected. Build it anew with another emitOn.");
        }
    }
}
