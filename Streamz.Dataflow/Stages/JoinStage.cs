namespace Streamz.Dataflow.Stages;

/// <summary>A stage with several inputs, of any types, and one output. All inputs share the one caller.</summary>
/// <typeparam name="TOut">The type of what goes on.</typeparam>
public abstract class JoinStage<TOut> : IStage
{
    private readonly Outlet<TOut> _outlet = new();
    private Inlet[] _inlets = [];

    /// <inheritdoc/>
    IReadOnlyList<Inlet> IStage.Inlets => _inlets;

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
    public virtual ValueTask OnInputEndedAsync(int input) => default;

    /// <inheritdoc/>
    public virtual ValueTask OnFlushAsync() => default;

    /// <summary>How many inputs were added so far.</summary>
    private protected int InputCount => _inlets.Length;

    /// <summary>Adds the next input.</summary>
    /// <typeparam name="T">The type of what comes in there.</typeparam>
    /// <param name="onElement">Takes one element of that input.</param>
    protected void AddInput<T>(Func<Element<T>, ValueTask> onElement) => _inlets = [.. _inlets, new JoinInlet<T>(onElement)];

    /// <summary>Pushes an element on.</summary>
    /// <param name="element">The element.</param>
    /// <returns>A task that is already complete unless something downstream waits; it never fails.</returns>
    protected ValueTask PushAsync(Element<TOut> element) => _outlet.PushAsync(element);

    private sealed class JoinInlet<T>(Func<Element<T>, ValueTask> onElement) : Inlet<T>
    {
        public override ValueTask OnElementAsync(Element<T> element) => onElement(element);
    }
}
