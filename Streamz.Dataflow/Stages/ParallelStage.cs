namespace Streamz.Dataflow.Stages;

/// <summary>The contract of a parallel node, whatever its types.</summary>
public abstract class ParallelStage : IStage
{
    private protected ParallelStage()
    {
    }

    IReadOnlyList<Inlet> IStage.Inlets => [];

    Outlet IStage.Outlet => UntypedOutlet;

    private protected abstract Outlet UntypedOutlet { get; }

    /// <summary>Called with the context of the node, before anything else happens.</summary>
    private protected Action<StageContext>? Attached { get; init; }

    void IStage.Attach(StageContext context) => Attached?.Invoke(context);

    ValueTask IStage.OnStartAsync() => default;

    ValueTask IStage.OnTickAsync() => default;

    ValueTask IStage.OnInputEndedAsync(int input) => default;

    ValueTask IStage.OnFlushAsync() => default;

    internal abstract TResult Accept<TResult>(IParallelStageVisitor<TResult> visitor);
}

/// <summary>Receives a parallel stage with its types.</summary>
/// <typeparam name="TResult">What is made of the stage.</typeparam>
internal interface IParallelStageVisitor<out TResult>
{
    /// <summary>Receives the stage.</summary>
    TResult Visit<TIn, TOut>(ParallelStage<TIn, TOut> stage);
}

/// <summary>
/// The running half of a node that works on several elements at once: one call from value to result, without state.
/// The runtime keeps the order of the results and pushes them on.
/// </summary>
/// <typeparam name="TIn">The type of what comes in.</typeparam>
/// <typeparam name="TOut">The type of what goes on.</typeparam>
public sealed class ParallelStage<TIn, TOut> : ParallelStage
{
    private readonly Func<TIn, CancellationToken, ValueTask<TOut>> _invoke;

    /// <summary>Makes the stage.</summary>
    /// <param name="invoke">Makes the result of one value; called by several callers at once.</param>
    /// <exception cref="ArgumentNullException"><paramref name="invoke"/> is null.</exception>
    public ParallelStage(Func<TIn, CancellationToken, ValueTask<TOut>> invoke)
    {
        ArgumentNullException.ThrowIfNull(invoke);
        _invoke = invoke;
    }

    /// <summary>Makes a stage that needs the context of its node.</summary>
    internal ParallelStage(Func<TIn, CancellationToken, ValueTask<TOut>> invoke, Action<StageContext> attached)
        : this(invoke)
        => Attached = attached;

    internal Outlet<TOut> Outlet { get; } = new();

    private protected override Outlet UntypedOutlet => Outlet;

    internal ValueTask<TOut> InvokeAsync(TIn value, CancellationToken aborted) => _invoke(value, aborted);

    internal override TResult Accept<TResult>(IParallelStageVisitor<TResult> visitor) => visitor.Visit(this);
}
