using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow;

/// <summary>
/// A stream that the user emits into. The first emit, or <see cref="PipelineStarting.Start"/>, runs the graph that it belongs to.
/// </summary>
/// <remarks>
/// Any number of threads may emit at once. <c>await source.EmitAsync(x)</c> waits until the pipeline is ready; nothing that
/// was accepted is lost in silence. Disposing completes the source, waits for what it accepted, and never throws.
/// </remarks>
/// <typeparam name="T">The type of the elements.</typeparam>
public sealed class StreamSource<T> : Stream<T>, IEmitter<T>, IAsyncDisposable
{
    private IsolatedReference<IngressNode<T>> _node;

    /// <summary>Makes a source.</summary>
    /// <param name="options">The settings of the pipeline; null for the defaults, or for those that another source of the graph states.</param>
    public StreamSource(StreamOptions? options = null)
        : base(new IngressNode<T>(options))
        => _node.Value = (IngressNode<T>)Node;

    private object? Entrance => _node.Value!.Entrance;

    /// <inheritdoc/>
    public ValueTask EmitAsync(T value, CancellationToken cancellationToken = default)
    {
        if (Entrance is Ingress<T> ingress)
        {
            return ingress.EmitAsync(value, cancellationToken);
        }

        return Enter().EmitAsync(value, cancellationToken);
    }

    /// <summary>Emits one element, and blocks the calling thread until the pipeline is ready for it.</summary>
    /// <param name="value">The element.</param>
    /// <param name="cancellationToken">Stops the waiting; an emit that was cancelled was certainly not accepted.</param>
    /// <exception cref="InvalidOperationException">The calling thread is the pipeline's own, which would wait for itself.</exception>
    /// <exception cref="PipelineClosedException">The pipeline was completed or stopped.</exception>
    /// <exception cref="NodeFailedException">The pipeline has failed.</exception>
    /// <exception cref="PipelineFullException">More emits wait than <see cref="StreamOptions.MaxWaitingEmits"/> allows.</exception>
    /// <exception cref="OperationCanceledException">The emit was cancelled.</exception>
    public void Emit(T value, CancellationToken cancellationToken = default)
    {
        var ingress = Enter();
        if (ingress.Run.IsOnOwnThread)
        {
            throw new InvalidOperationException(
                $"Emit on '{Node}' would block the thread that the pipeline itself runs on ({ingress.Run.Options.RunOn}), and never return. Await EmitAsync instead.");
        }

        var emit = ingress.EmitAsync(value, cancellationToken);
        if (emit.IsCompleted)
        {
            emit.GetAwaiter().GetResult();
        }
        else
        {
            emit.AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Emits one element if the pipeline is ready for it at once.</summary>
    /// <param name="value">The element.</param>
    /// <returns>Whether the element was accepted.</returns>
    /// <exception cref="PipelineClosedException">The pipeline was completed or stopped.</exception>
    /// <exception cref="NodeFailedException">The pipeline has failed.</exception>
    public bool TryEmit(T value) => Enter().TryEmit(value);

    /// <inheritdoc/>
    public Task<DeliveryOutcome> DeliverAsync(T value, CancellationToken cancellationToken = default) =>
        Enter().DeliverAsync(value, cancellationToken);

    /// <summary>Emits one element, waits until the pipeline is ready for it, and says later what became of it.</summary>
    /// <remarks>
    /// The callback is called exactly once for an element that was accepted, possibly before this method has completed; for one that was not, it is never
    /// called. It runs on one of the pipeline's own threads, in the middle of its work, and for several elements at once: it must be fast, must not
    /// block, and must not wait for the pipeline. An exception that it throws stops the pipeline, as a failure of this source. To wait for
    /// the outcome instead, use <see cref="DeliverAsync"/>.
    /// </remarks>
    /// <param name="value">The element.</param>
    /// <param name="onSettled">Called when everything made from the element has left the pipeline. A static lambda costs no allocation.</param>
    /// <param name="cancellationToken">Stops the waiting; an emit that was cancelled was certainly not accepted.</param>
    /// <returns>A task that completes when the element is accepted.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="onSettled"/> is null.</exception>
    /// <exception cref="PipelineClosedException">The pipeline was completed or stopped.</exception>
    /// <exception cref="NodeFailedException">The pipeline has failed.</exception>
    /// <exception cref="PipelineFullException">More emits wait than <see cref="StreamOptions.MaxWaitingEmits"/> allows.</exception>
    /// <exception cref="InvalidOperationException">A delegate of the same pipeline would wait for itself.</exception>
    /// <exception cref="OperationCanceledException">The emit was cancelled.</exception>
    public ValueTask EmitAsync(T value, Action<Delivery> onSettled, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(onSettled);
        return Enter().EmitAsync(value, onSettled, cancellationToken);
    }

    /// <summary>Emits all elements of a sequence, one after the other, at the pace of the pipeline.</summary>
    /// <remarks>Elements of an array are taken in together, and those of another collection, such as a list, which are read up to 256 ahead; those of a lazy sequence one by one.</remarks>
    /// <param name="values">The elements.</param>
    /// <param name="cancellationToken">Stops between two elements, or while waiting for room.</param>
    /// <returns>A task that completes when the last element is accepted.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    /// <exception cref="PipelineClosedException">The pipeline was completed or stopped.</exception>
    /// <exception cref="NodeFailedException">The pipeline has failed.</exception>
    /// <exception cref="OperationCanceledException">The emit was cancelled.</exception>
    public ValueTask EmitAllAsync(IEnumerable<T> values, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        return EmitEachAsync();

        async ValueTask EmitEachAsync()
        {
            var ingress = Enter();
            if (values is ICollection<T> collection)
            {
                foreach (var lot in Lots.Of(collection))
                {
                    await ingress.EmitAllAsync(lot, cancellationToken).ConfigureAwait(false);
                }

                return;
            }

            foreach (var value in values)
            {
                await ingress.EmitAsync(value, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Emits all elements of an asynchronous sequence, one after the other, at the pace of the pipeline.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="cancellationToken">Stops between two elements, or while waiting for one or for room.</param>
    /// <returns>A task that completes when the last element is accepted.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    /// <exception cref="PipelineClosedException">The pipeline was completed or stopped.</exception>
    /// <exception cref="NodeFailedException">The pipeline has failed.</exception>
    /// <exception cref="OperationCanceledException">The emit was cancelled.</exception>
    public ValueTask EmitAllAsync(IAsyncEnumerable<T> values, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        return EmitEachAsync();

        async ValueTask EmitEachAsync()
        {
            var ingress = Enter();
            await foreach (var value in values.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                await ingress.EmitAsync(value, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Closes this source only. Emits that are waiting still land; later ones are refused.</summary>
    public void Complete() => Enter().Close(SourceEnd.Exhausted);

    /// <summary>
    /// Closes this source, and waits until nothing that it accepted is moving and no flush that it alone unlocks is owed.
    /// It never waits for another source. While a node is paused, it waits until that is resumed.
    /// </summary>
    /// <returns>A task that completes when what this source accepted is through.</returns>
    /// <exception cref="NodeFailedException">A node has failed.</exception>
    /// <exception cref="PipelineAbortedException">The pipeline was aborted.</exception>
    public Task CompleteAsync()
    {
        var ingress = Enter();
        ingress.Close(SourceEnd.Exhausted);
        return SourceDrain.WaitAsync(ingress.Run, ingress);
    }

    /// <summary>
    /// Completes the source, if it was ever started, and waits for what it accepted. If it was the last that was open, paused nodes go on. Never throws.
    /// </summary>
    /// <returns>A task that completes when what this source accepted is through.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Entrance is Ingress<T> ingress)
        {
            ingress.Close(SourceEnd.Exhausted);
            ingress.Run.EndPausesIfAllSourcesEnded();
            await SourceDrain.WaitAsync(ingress.Run, ingress).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The entrance of the run that goes on; of a new one if there was none yet.</summary>
    internal Ingress<T> Enter()
    {
        if (Entrance is not Ingress<T> ingress)
        {
            Pipeline.EnsureStarted(_node.Value!);
            ingress = (Ingress<T>)Entrance!;
        }

        return ingress;
    }
}
