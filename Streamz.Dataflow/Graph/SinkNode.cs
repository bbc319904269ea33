using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>A node with one input and no output.</summary>
/// <typeparam name="T">The type of what comes in.</typeparam>
public sealed class SinkNode<T> : Node
{
    private readonly Func<IStage> _createStage;

    /// <summary>Makes a node that works on one element at a time.</summary>
    /// <param name="operatorName">The name of the operator, for example <c>sink</c>.</param>
    /// <param name="createStage">Makes a fresh stage for each run.</param>
    /// <exception cref="ArgumentException"><paramref name="operatorName"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="createStage"/> is null.</exception>
    public SinkNode(string operatorName, Func<SinkStage<T>> createStage)
        : base(operatorName)
    {
        ArgumentNullException.ThrowIfNull(createStage);
        _createStage = createStage;
        Kind = NodeKind.Sink;
    }

    /// <summary>Makes a node that works on several elements at once, in no order.</summary>
    /// <param name="operatorName">The name of the operator.</param>
    /// <param name="createStage">Makes a stage for each run; its results are discarded.</param>
    /// <param name="maxDegreeOfParallelism">How many elements at once; one or more.</param>
    /// <exception cref="ArgumentException"><paramref name="operatorName"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="createStage"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    public SinkNode(string operatorName, Func<ParallelStage<T, T>> createStage, int maxDegreeOfParallelism)
        : base(operatorName)
    {
        ArgumentNullException.ThrowIfNull(createStage);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDegreeOfParallelism, 1);
        _createStage = createStage;
        MaxDegreeOfParallelism = maxDegreeOfParallelism;
        IsParallel = true;
        IsOrdered = false;
        IsBoundary = true;
        Kind = NodeKind.Sink;
    }

    internal override IReadOnlyList<Type> InputTypes => [typeof(T)];

    internal override Type? OutputType => null;

    internal override IStage CreateStage() => _createStage();
}
