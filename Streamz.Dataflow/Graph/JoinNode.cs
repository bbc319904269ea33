using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>A node with several inputs, fixed when it is made, and one output.</summary>
/// <typeparam name="TOut">The type of what goes on.</typeparam>
public sealed class JoinNode<TOut> : Node
{
    private readonly Func<JoinStage<TOut>> _createStage;
    private readonly Type[] _inputTypes;

    /// <summary>Makes the node.</summary>
    /// <param name="operatorName">The name of the operator, for example <c>zip</c>.</param>
    /// <param name="inputTypes">The element types of the inputs, in the order in which the stage adds them.</param>
    /// <param name="createStage">Makes a fresh stage for each run.</param>
    /// <exception cref="ArgumentException"><paramref name="operatorName"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="inputTypes"/> or <paramref name="createStage"/> is null.</exception>
    public JoinNode(string operatorName, IEnumerable<Type> inputTypes, Func<JoinStage<TOut>> createStage)
        : base(operatorName)
    {
        ArgumentNullException.ThrowIfNull(inputTypes);
        ArgumentNullException.ThrowIfNull(createStage);
        _inputTypes = [.. inputTypes];
        _createStage = createStage;
        Kind = NodeKind.Join;
    }

    /// <summary>Puts the join behind streams, one for each input.</summary>
    /// <param name="options">What the user says of the node.</param>
    /// <param name="streams">The streams, in the order of the inputs.</param>
    /// <returns>The stream of what the join pushes on.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="streams"/> or one of them is null.</exception>
    /// <exception cref="ArgumentException">The number or a type of the streams is not that of the inputs.</exception>
    /// <exception cref="InvalidOperationException">One of the graphs is running.</exception>
    public Stream<TOut> Join(NodeOptions? options, params IReadOnlyList<IStream> streams)
    {
        ArgumentNullException.ThrowIfNull(streams);
        if (streams.Count != _inputTypes.Length)
        {
            throw new ArgumentException($"'{this}' has {_inputTypes.Length} inputs, but got {streams.Count} streams. Give it one for each.", nameof(streams));
        }

        Apply(options);
        var edges = new Edge[streams.Count];
        for (var input = 0; input < edges.Length; input++)
        {
            var from = streams[input] ?? throw new ArgumentNullException(nameof(streams), $"The stream for side {input} of '{this}' is null.");
            if (from.Node.OutputType != _inputTypes[input])
            {
                throw new ArgumentException($"Side {input} of '{this}' takes {TypeName.Of(_inputTypes[input])}, which '{from.Node}' does not give. Put a Map between them.", nameof(streams));
            }

            edges[input] = new Edge(from.Node, this, input, null);
        }

        Topology.Connect(edges);
        return new Stream<TOut>(this);
    }

    internal override IReadOnlyList<Type> InputTypes => _inputTypes;

    internal override Type OutputType => typeof(TOut);

    internal override IStage CreateStage() => _createStage();
}
