using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Streamz.Dataflow.Stages;

/// <summary>
/// What a stage may ask of the pipeline that runs it. All members but <see cref="Complete"/> are called from within the stage's own calls.
/// </summary>
public abstract class StageContext
{
    private protected StageContext()
    {
    }

    /// <summary>Where the stage tells what goes wrong without failing an element.</summary>
    public abstract ILogger Logger { get; }

    /// <summary>The only clock of a stage.</summary>
    public abstract TimeProvider TimeProvider { get; }

    /// <summary>Cancelled when the pipeline is aborted; pass it to what the stage awaits.</summary>
    public abstract CancellationToken Aborted { get; }

    /// <summary>
    /// Ends with the pipeline, as its <c>Completion</c> does: for a stage that tells somebody outside how it ended. Never await it within a call of
    /// the stage, which the pipeline waits for.
    /// </summary>
    public abstract Task PipelineCompletion { get; }

    /// <summary>
    /// Begins a call of the user's delegate for the present element, and gives the token for it: cancelled when the pipeline is aborted,
    /// or when the call has lasted for the <see cref="NodeOptions.Timeout"/> of the node. <see cref="AwaitAsync(ValueTask)"/> ends the
    /// call. A node whose stage uses this says so by <see cref="Graph.Node.AcceptsTimeout"/>.
    /// </summary>
    /// <returns>The token.</returns>
    public abstract CancellationToken BeginCall();

    /// <summary>The name that errors of this node carry.</summary>
    public abstract string NodeName { get; }

    /// <summary>
    /// Asks for one call of <see cref="IStage.OnTickAsync"/> after a time. A stage has one tick: asking again replaces it.
    /// A tick may come late, when the stage is busy, or early, after a timer's longest time, and must therefore be compared with the clock.
    /// </summary>
    /// <param name="dueTime">The time to wait; the tick comes at once if it has passed.</param>
    /// <param name="isPending">
    /// Whether the stage will push something on in the tick, so that a loop cannot end before. The default is true; false is for a
    /// tick that only watches.
    /// </param>
    public abstract void ScheduleTick(TimeSpan dueTime, bool isPending = true);

    /// <summary>Takes back the tick that was asked for, if any.</summary>
    public abstract void CancelTick();

    /// <summary>Waits inside the segment, holding the element's place, so that upstream waits as well.</summary>
    /// <param name="dueTime">The time to wait; not negative.</param>
    /// <returns>A task that completes after the time.</returns>
    public abstract ValueTask WaitAsync(TimeSpan dueTime);

    /// <summary>Awaits a task that user code returned, so that the pipeline knows what it waits for.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="task">The task.</param>
    /// <returns>The result of the task.</returns>
    public abstract ValueTask<TResult> AwaitAsync<TResult>(ValueTask<TResult> task);

    /// <summary>Awaits a task that user code returned, so that the pipeline knows what it waits for.</summary>
    /// <param name="task">The task.</param>
    /// <returns>A task that completes with the given one.</returns>
    public abstract ValueTask AwaitAsync(ValueTask task);

    /// <summary>
    /// When the element that is being received was accepted into the input queue of this node, as a timestamp of
    /// <see cref="TimeProvider"/>: earlier than now if the stage was busy. Known for a node that notes arrivals; the time now for others.
    /// </summary>
    public abstract long ArrivedAt { get; }

    /// <summary>
    /// For a node with an input queue of its own, as a join: keeps the place of the element that is being received, so that its input
    /// counts it as held until <see cref="ReturnPlace"/>. An input whose places are all kept holds back its upstream.
    /// </summary>
    /// <param name="input">The index of the input.</param>
    public abstract void KeepPlace(int input);

    /// <summary>Gives back a place that <see cref="KeepPlace"/> kept.</summary>
    /// <param name="input">The index of the input.</param>
    public abstract void ReturnPlace(int input);

    /// <summary>
    /// Keeps a place, as <see cref="KeepPlace"/> does, for an element that a state of an earlier run holds; within
    /// <see cref="ISnapshot.Restore"/> only. The node may hold more than it has places then, and takes no new element until it has one free.
    /// </summary>
    /// <param name="input">The index of the input.</param>
    public abstract void KeepRestoredPlace(int input);

    /// <summary>
    /// Asks for one call as soon as everything that has arrived by then was received, so that the stage can choose among all of it
    /// what to push on first. It is called once for each time it was asked for, between two elements.
    /// </summary>
    /// <param name="call">What to call.</param>
    public abstract void WhenCaughtUp(Func<ValueTask> call);

    /// <summary>Counts an element as dropped by a policy that the user chose, and says so to its ticket.</summary>
    /// <param name="context">The context of the element.</param>
    public abstract void Drop(ElementContext? context);

    /// <summary>
    /// Ends the stage before its input ends, without a flush: downstream sees the end behind what was pushed on before, later pushes
    /// are dropped and counted, and whatever upstream works for nobody else any more is stopped, sources included. The stage may still
    /// be given elements, which it should drop, and lets go of what it holds and retains itself. May be called from any thread, and more than once.
    /// </summary>
    public abstract void Complete();

    /// <summary>
    /// Cancelled when whatever the stage pushes on is discarded from then on, because the pipeline stops or nobody wants it: for what has
    /// no end of its own and would otherwise hold up the end of the pipeline.
    /// </summary>
    internal abstract CancellationToken Halted { get; }

    /// <summary>Whether whatever a host of this stage pushes on is discarded, because the pipeline stops or nobody wants it.</summary>
    internal virtual bool IsHalted => false;

    /// <summary>Starts the activity of the node working on an element of a trace, if somebody listens.</summary>
    internal virtual Activity? StartActivity(ElementContext element) => null;

    /// <summary>Has an element followed that this stage makes. The stage holds the context, and gives it back when it has pushed the element on.</summary>
    internal virtual ElementContext Follow(IDeliveryObserver observer) => throw new NotSupportedException($"'{NodeName}' is part of a worker, whose elements have nobody that follows them.");

    internal abstract ValueTask OnFailureAsync(Exception failure, ElementContext? context);

    internal abstract void OnAbandoned(ElementContext? context);

    /// <summary>A stage that is not of this library begins to work under this context; see <see cref="TicketRegistry"/>.</summary>
    internal abstract void OnForeignStage();

    internal abstract bool BeginBranching();

    internal abstract ValueTask EndBranching(bool guarded, List<ValueTask>? pending);
}
