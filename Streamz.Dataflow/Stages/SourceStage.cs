using Microsoft.Extensions.Logging;

namespace Streamz.Dataflow.Stages;

/// <summary>The contract of a source that produces elements itself, whatever their type.</summary>
public abstract class SourceStage : IStage
{
    private protected SourceStage()
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

    internal abstract TResult Accept<TResult>(ISourceStageVisitor<TResult> visitor);
}

/// <summary>Receives a source stage with its type.</summary>
/// <typeparam name="TResult">What is made of the stage.</typeparam>
internal interface ISourceStageVisitor<out TResult>
{
    /// <summary>Receives the stage.</summary>
    TResult Visit<T>(SourceStage<T> stage);
}

/// <summary>The running half of a source: a loop that produces elements until it ends or is told to stop.</summary>
/// <remarks>
/// One that implements <see cref="IAsyncDisposable"/> is disposed at the end of its run: when all nodes have ended and it is known of every element
/// what became of it, but before the pipeline has completed. A failure to dispose fails the pipeline.
/// </remarks>
/// <typeparam name="T">The type of the elements' values.</typeparam>
public abstract class SourceStage<T> : SourceStage
{
    internal Outlet<T> Outlet { get; } = new();

    private protected override Outlet UntypedOutlet => Outlet;

    /// <summary>Produces elements; returning ends the source, an exception is a fault of its node.</summary>
    /// <param name="context">Takes the elements, and says when to stop.</param>
    /// <returns>A task that completes when the source has ended.</returns>
    public abstract Task RunAsync(SourceContext<T> context);

    internal override TResult Accept<TResult>(ISourceStageVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A source without a loop: what users emit enters here.</summary>
/// <typeparam name="T">The type of the elements' values.</typeparam>
internal sealed class IngressStage<T> : SourceStage<T>
{
    public override Task RunAsync(SourceContext<T> context) => Task.CompletedTask;
}

/// <summary>What a source may ask of the pipeline that runs it.</summary>
/// <typeparam name="T">The type of the elements' values.</typeparam>
public abstract class SourceContext<T>
{
    private protected SourceContext()
    {
    }

    /// <summary>The name that errors of this source carry.</summary>
    public abstract string NodeName { get; }

    /// <summary>Where the source tells what goes wrong without ending it.</summary>
    public abstract ILogger Logger { get; }

    /// <summary>The only clock of a source.</summary>
    public abstract TimeProvider TimeProvider { get; }

    /// <summary>Cancelled when the source is to stop; what it has emitted is still delivered.</summary>
    public abstract CancellationToken Stopping { get; }

    /// <summary>Emits one element, and waits until the pipeline has taken it.</summary>
    /// <param name="value">The element.</param>
    /// <returns>A task that completes when the element is accepted.</returns>
    /// <exception cref="OperationCanceledException">The source is to stop; the element was not accepted.</exception>
    public abstract ValueTask EmitAsync(T value);

    /// <summary>Emits elements that are there already, in order, as many at once as the pipeline has room for.</summary>
    /// <param name="values">The elements; they must not change meanwhile.</param>
    /// <returns>A task that completes when the last element is accepted.</returns>
    /// <exception cref="OperationCanceledException">The source is to stop; the elements from one on were not accepted.</exception>
    internal abstract ValueTask EmitAllAsync(ReadOnlyMemory<T> values);

    /// <summary>Emits one element, and follows everything made from it: for a source that answers whoever brought it.</summary>
    /// <remarks>What holds the element until its input ends holds it until the source has ended: do not await the outcome before that.</remarks>
    /// <param name="value">The element.</param>
    /// <param name="cancellationToken">Stops the waiting for room; an element that was accepted is followed to its end.</param>
    /// <returns>
    /// A task that completes when the element is accepted, with one that completes when everything made from it has left the pipeline, at the latest
    /// when the pipeline is over. That one never fails: its result says whether a node has failed on the element.
    /// </returns>
    /// <exception cref="OperationCanceledException">The source is to stop, or the waiting was cancelled; the element was not accepted.</exception>
    public abstract ValueTask<Task<DeliveryOutcome>> EmitFollowedAsync(T value, CancellationToken cancellationToken = default);

    /// <summary>Emits one element, waits until the pipeline has taken it, and tells an observer what becomes of it.</summary>
    /// <param name="value">The element.</param>
    /// <param name="observer">What is told. It is told nothing of an element that was not accepted.</param>
    /// <param name="position">What the observer is told with it, for example the offset of the element.</param>
    /// <returns>A task that completes when the element is accepted.</returns>
    /// <exception cref="OperationCanceledException">The source is to stop; the element was not accepted.</exception>
    public abstract ValueTask EmitAsync(T value, IDeliveryObserver observer, long position);

    /// <summary>
    /// Takes up the position of a partition of this source, for this run: where to go on, and, through
    /// <see cref="EmitAsync(T, SourcePartition, long)"/>, how far everything is done. It is saved as <see cref="StreamOptions.Checkpoints"/> says; without
    /// them, each run begins anew.
    /// </summary>
    /// <param name="source">The name of the source among those of the pipeline, which must stay the same from run to run; not empty.</param>
    /// <param name="partition">The name of the partition; empty for a source that has one only.</param>
    /// <returns>The partition.</returns>
    /// <exception cref="InvalidOperationException">The partition was taken up in this run before.</exception>
    /// <exception cref="CheckpointInUseException">Another run, here or in another process, saves under the name of this pipeline.</exception>
    public abstract ValueTask<SourcePartition> OpenPartitionAsync(string source, string partition = "");

    /// <summary>
    /// Emits one element of a partition, and waits until the pipeline has taken it. Its position counts as done when the element is released,
    /// delivered or dropped, and so is everything that the partition has emitted before.
    /// </summary>
    /// <param name="value">The element.</param>
    /// <param name="partition">The partition, of this run.</param>
    /// <param name="position">Where to go on behind this element; more than that of the element before.</param>
    /// <returns>A task that completes when the element is accepted.</returns>
    /// <exception cref="OperationCanceledException">The source is to stop; the element was not accepted.</exception>
    public abstract ValueTask EmitAsync(T value, SourcePartition partition, long position);

    /// <summary>Waits for a time; the pipeline counts as idle meanwhile.</summary>
    /// <param name="dueTime">The time to wait; not negative.</param>
    /// <returns>A task that completes after the time.</returns>
    /// <exception cref="OperationCanceledException">The source is to stop.</exception>
    public abstract ValueTask WaitAsync(TimeSpan dueTime);

    /// <summary>Awaits something outside, for example the next item of an asynchronous sequence.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="task">The task.</param>
    /// <returns>The result of the task.</returns>
    public abstract ValueTask<TResult> AwaitAsync<TResult>(ValueTask<TResult> task);

    /// <summary>Awaits something outside that has no result.</summary>
    /// <param name="task">The task.</param>
    /// <returns>A task that completes with the given one.</returns>
    public abstract ValueTask AwaitAsync(ValueTask task);

    /// <summary>Counts an element that was lost by a policy that the user chose, before the pipeline took it. Safe for concurrent callers.</summary>
    public abstract void Drop();
}
