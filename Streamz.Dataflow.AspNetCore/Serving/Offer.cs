namespace Streamz.Dataflow.Serving;

/// <summary>An element that a request brings to its source.</summary>
/// <param name="value">The element.</param>
/// <param name="gone">Cancelled when whoever brought it has gone.</param>
internal sealed class Offer<T>(T value, CancellationToken gone)
{
    private readonly TaskCompletionSource<Task<DeliveryOutcome>?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public T Value => value;

    public CancellationToken Gone => gone;

    /// <summary>Completes with what will become of the element, once it is accepted; with null if the source ends before; cancelled if its bringer has gone.</summary>
    public Task<Task<DeliveryOutcome>?> Answer => _answer.Task;

    public void Accept(Task<DeliveryOutcome> delivered) => _answer.TrySetResult(delivered);

    public void Refuse() => _answer.TrySetResult(null);

    public void Withdraw() => _answer.TrySetCanceled(gone);
}
