using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>A node with one input and one output.</summary>
/// <typeparam name="TIn">The type of what comes in.</typeparam>
/// <typeparam name="TOut">The type of what goes on.</typeparam>
public sealed class OperatorNode<TIn, TOut> : Node
{
    private readonly Func<IStage> _createStage;

    /// <summary>Makes a node that works on one element at a time.</summary>
    /// <param name="operatorName">The name of the operator, for example <c>map</c>.</param>
    /// <param name="createStage">Makes a fresh stage for each run.</param>
    /// <exception cref="ArgumentException"><paramref name="operatorName"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="createStage"/> is null.</exception>
    public OperatorNode(string operatorName, Func<Stage<TIn, TOut>> createStage)
        : base(operatorName)
    {
        ArgumentNullException.ThrowIfNull(createStage);
        _createStage = createStage;
    }

    /// <summary>Makes a node that works on several elements at once.</summary>
    /// <param name="operatorName">The name of the operator.</param>
    /// <param name="createStage">Makes a stage for each run.</param>
    /// <param name="maxDegreeOfParallelism">How many elements at once; one or more.</param>
    /// <param name="ordered">Whether results keep the order of their elements.</param>
    /// <exception cref="ArgumentException"><paramref name="operatorName"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="createStage"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    public OperatorNode(string operatorName, Func<ParallelStage<TIn, TOut>> createStage, int maxDegreeOfParallelism, bool ordered)
        : base(operatorName)
    {
        ArgumentNullException.ThrowIfNull(createStage);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDegreeOfParallelism, 1);
        _createStage = createStage;
        MaxDegreeOfParallelism = maxDegreeOfParallelism;
        IsParallel = true;
        IsOrdered = ordered;
        IsBoundary = true;
    }

    /// <summary>Makes a node that feeds itself beside its turns.</summary>
    internal OperatorNode(string operatorName, Func<IFeedStage> createStage)
        : base(operatorName)
    {
        _createStage = createStage;
        IsBoundary = true;
        FeedsItself = true;
    }

    internal override IReadOnlyList<Type> InputTypes => [typeof(TIn)];

    internal override Type OutputType => typeof(TOut);

    internal override IStage CreateStage() => _createStage();
}
