namespace Streamz.Dataflow.Stages;

/// <summary>A stage with one input and no output.</summary>
/// <typeparam name="T">The type of what comes in.</typeparam>
public abstract class SinkStage<T> : Inlet<T>, IStage
{
    /// <inheritdoc/>
    IReadOnlyList<Inlet> IStage.Inlets => [this];

    /// <inheritdoc/>
    Outlet? IStage.Outlet => null;

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
}
