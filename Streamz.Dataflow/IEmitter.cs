namespace Streamz.Dataflow;

/// <summary>Takes elements for a pipeline. The narrow interface that services depend on.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public interface IEmitter<in T>
{
    /// <summary>
    /// Emits one element, and waits until the pipeline is ready for it. Emits that wait are admitted in the order of the calls,
    /// from any number of threads.
    /// </summary>
    /// <param name="value">The element.</param>
    /// <param name="cancellationToken">Stops the waiting; an emit that was cancelled was certainly not accepted.</param>
    /// <returns>A task that completes when the element is accepted.</returns>
    /// <exception cref="PipelineClosedException">The pipeline was completed or stopped.</exception>
    /// <exception cref="NodeFailedException">The pipeline has failed.</exception>
    /// <exception cref="PipelineFullException">More emits wait than <see cref="StreamOptions.MaxWaitingEmits"/> allows.</exception>
    /// <exception cref="InvalidOperationException">A delegate of the same pipeline would wait for itself.</exception>
    /// <exception cref="OperationCanceledException">The emit was cancelled.</exception>
    ValueTask EmitAsync(T value, CancellationToken cancellationToken = default);

    /// <summary>Emits one element, and waits until everything made from it has left the pipeline.</summary>
    /// <param name="value">The element.</param>
    /// <param name="cancellationToken">Stops the waiting for room; an element that was accepted is always waited for.</param>
    /// <returns><see cref="DeliveryOutcome.Delivered"/>, or <see cref="DeliveryOutcome.Dropped"/> if a policy dropped it.</returns>
    /// <exception cref="NodeFailedException">A node failed on the element, or the pipeline has failed before.</exception>
    /// <exception cref="ElementAbandonedException">The pipeline stopped before the element was through.</exception>
    /// <exception cref="PipelineClosedException">The pipeline was completed or stopped.</exception>
    /// <exception cref="PipelineFullException">More emits wait than <see cref="StreamOptions.MaxWaitingEmits"/> allows.</exception>
    /// <exception cref="OperationCanceledException">The emit was cancelled before the element was accepted.</exception>
    Task<DeliveryOutcome> DeliverAsync(T value, CancellationToken cancellationToken = default);
}
