using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>A node that produces elements itself.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public sealed class SourceNode<T> : Node
{
    private readonly Func<SourceStage<T>> _createStage;

    /// <summary>Makes the node.</summary>
    /// <param name="operatorName">The name of the source, for example <c>from enumerable</c>.</param>
    /// <param name="createStage">Makes a fresh stage for each run.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <exception cref="ArgumentException"><paramref name="operatorName"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="createStage"/> is null.</exception>
    public SourceNode(string operatorName, Func<SourceStage<T>> createStage, StreamOptions? options = null)
        : base(operatorName)
    {
        ArgumentNullException.ThrowIfNull(createStage);
        _createStage = createStage;
        Options = options;
        Kind = NodeKind.Source;
    }

    internal override IReadOnlyList<Type> InputTypes => [];

    internal override Type OutputType => typeof(T);

    internal override IStage CreateStage() => _createStage();
}

/// <summary>A node where users emit; other streams may be connected to it as well.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
internal sealed class IngressNode<T> : Node
{
    private IsolatedReference<object> _entrance;

    public IngressNode(StreamOptions? options)
        : base("source")
    {
        Options = options;
        Kind = NodeKind.Source;
        InputsPerOutput = 1;
    }

    /// <summary>Where emits enter the newest run of this node; kept after its end, so that a late emit can be told why it is refused.</summary>
    internal object? Entrance
    {
        get => _entrance.Value;
        set => _entrance.Value = value;
    }

    internal override IReadOnlyList<Type> InputTypes => [typeof(T)];

    internal override Type OutputType => typeof(T);

    internal override IStage CreateStage() => new IngressStage<T>();
}
