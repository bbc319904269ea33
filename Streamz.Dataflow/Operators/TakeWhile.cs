using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The take-while operator: the beginning of a stream, as long as a predicate holds.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input, or at the
/// first element that the predicate refuses; whatever upstream works for nobody else is stopped then, sources included: a later
/// emit throws a <see cref="PipelineClosedException"/>. The refused element, and those that were on their way behind it, are dropped and
/// counted. <b>Faults:</b> an exception of the predicate fails the element and meets the node's error policy; under
/// <see cref="ErrorPolicy.Skip"/> the stream goes on.
/// </remarks>
public static class TakeWhileOperator
{
    /// <summary>Passes elements until the predicate is false for one, then ends; that one does not pass.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="predicate">Says whether the stream goes on; not called again once it was false.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of the first elements.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="predicate"/> is null.</exception>
    public static Stream<T> TakeWhile<T>(
        this Stream<T> stream,
        Func<T, bool> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(predicate);
        return stream.Then(
            new OperatorNode<T, T>("take_while", () => new TakeWhileStage<T>(predicate))
            {
                Kind = NodeKind.Stateful,
                Details = DelegateText.Of(expression),
                InputsPerOutput = 1,
            },
            options);
    }

    private sealed class TakeWhileStage<T>(Func<T, bool> predicate) : Stage<T, T>, ISnapshot
    {
        private bool _hasEnded;

        public override ValueTask OnStartAsync()
        {
            if (_hasEnded)
            {
                Context.Complete();
            }

            return default;
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_hasEnded)
            {
                snapshot.Write("ended", true);
            }
        }

        public void Restore(SnapshotReader snapshot) => _hasEnded = true;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            if (!_hasEnded && predicate(element.Value))
            {
                return PushAsync(element);
            }

            if (!_hasEnded)
            {
                _hasEnded = true;
                Context.Complete();
            }

            Context.Drop(element.Context);
            return default;
        }
    }
}
