namespace Streamz.Dataflow.Stages;

/// <summary>A stage with one input and one output; the base of most operators.</summary>
/// <typeparam name="TIn">The type of what comes in.</typeparam>
/// <typeparam name="TOut">The type of what goes on.</typeparam>
public abstract class Stage<TIn, TOut> : Inlet<TIn>, IStage
{
    private readonly Outlet<TOut> _outlet = new();

    /// <inheritdoc/>
    IReadOnlyList<Inlet> IStage.Inlets => [this];

    /// <inheritdoc/>
    Outlet IStage.Outlet => _outlet;

    /// <summary>The pipeline that runs the stage.</summary>
    protected StageContext Context { get; private set; } = null!;

    /// <inheritdoc/>
    void IStage.Attach(StageContext context) => Context = context;

    /// <inheritdoc/>
    public virtual ValueTask OnStartAsync() => default;

    /// <inheritdoc/>
    public virtual ValueTask OnTickAsync() => default;

    /// <inheritdoc/>
    ValueTask IStage.OnInputEndedAsync(int input) => default;

    /// <inheritdoc/>
    public virtual ValueTask OnFlushAsync() => default;

    /// <summary>Whether whatever this stage pushes on is discarded, because the pipeline stops or nobody wants it.</summary>
    internal bool IsHalted => _outlet.Halted || _outlet.Completed || Context.IsHalted;

    /// <summary>Pushes an element on.</summary>
    /// <param name="element">The element.</param>
    /// <returns>A task that is already complete unless something downstream waits; it never fails.</returns>
    protected ValueTask PushAsync(Element<TOut> element) => _outlet.PushAsync(element);
}
