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

    void IStage.Attach(StageContext context)
    {
    }

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
/// <param name="invoke">Makes the result of one value; called by several callers at once.</param>
public sealed class ParallelStage<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> invoke) : ParallelStage
{
    internal Outlet<TOut> Outlet { get; } = new();

    private protected override Outlet UntypedOutlet => Outlet;

    internal ValueTask<TOut> InvokeAsync(TIn value, CancellationToken aborted) => invoke(value, aborted);

    internal override TResult Accept<TResult>(IParallelStageVisitor<TResult> visitor) => visitor.Visit(this);
}
