namespace Streamz.Dataflow.Stages;

/// <summary>
/// The running half of a node: state, and what happens to an element. It lives as long as its node is in the running pipeline.
/// One caller at a time enters a stage, for an element, a tick, the end of an input or a flush.
/// </summary>
/// <remarks>
/// A stage that opens something implements <see cref="IAsyncDisposable"/>: it is disposed when its node ends, after the flush, and after
/// a fault or an abort as well; a source when the run is over. A failure to dispose is a failure of the node.
/// </remarks>
public interface IStage
{
    /// <summary>Where elements enter, one per input; empty for a source.</summary>
    IReadOnlyList<Inlet> Inlets { get; }

    /// <summary>Where elements leave; <see langword="null"/> for a sink.</summary>
    Outlet? Outlet { get; }

    /// <summary>Gives the stage its context, before anything else happens.</summary>
    /// <param name="context">The context.</param>
    void Attach(StageContext context);

    /// <summary>The run begins; called once, before any element. What is pushed on meets stages that have started.</summary>
    /// <returns>A task that completes when the stage is ready.</returns>
    ValueTask OnStartAsync();

    /// <summary>The tick that the stage asked for is due, or was due a while ago.</summary>
    /// <returns>A task that completes when the stage has finished with the tick.</returns>
    ValueTask OnTickAsync();

    /// <summary>One input will bring no more elements; called for joins.</summary>
    /// <param name="input">The index of the input.</param>
    /// <returns>A task that completes when the stage has finished with the event.</returns>
    ValueTask OnInputEndedAsync(int input);

    /// <summary>
    /// Pushes on what the stage holds: at the normal end of all inputs, and in a loop each time it comes to rest.
    /// Not called after a fault.
    /// </summary>
    /// <returns>A task that completes when the stage has pushed everything.</returns>
    ValueTask OnFlushAsync();
}

/// <summary>A stage that has something to push on when the pipeline fails.</summary>
internal interface IFaultStage : IStage
{
    /// <summary>The pipeline has failed, and this stage ends; called instead of a flush. What it pushes on is still processed downstream.</summary>
    /// <param name="fault">The failure.</param>
    /// <returns>A task that completes when the stage has pushed everything.</returns>
    ValueTask OnFaultAsync(NodeFailedException fault);
}
