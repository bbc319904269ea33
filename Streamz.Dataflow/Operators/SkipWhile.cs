using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The operator that skips elements as long as a predicate accepts them.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input. <b>Faults:</b> an exception
/// of the predicate fails the element, and the next one is asked about; it meets the node's error policy. An element that is skipped
/// is delivered: the pipeline is done with it.
/// </remarks>
public static class SkipWhileOperator
{
    /// <summary>Leaves out elements until a predicate accepts one no more; from then on all go on, and it is not asked again.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="predicate">Whether an element is left out.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of the elements from the first that was not accepted.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="predicate"/> is null.</exception>
    public static Stream<T> SkipWhile<T>(
        this Stream<T> stream,
        Func<T, bool> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(predicate);
        return stream.Then(
            new OperatorNode<T, T>("skip_while", () => new SkipWhileStage<T>(predicate)) { Kind = NodeKind.Stateful, Details = DelegateText.Of(expression) },
            options);
    }

    private sealed class SkipWhileStage<T>(Func<T, bool> predicate) : Stage<T, T>, ISnapshot
    {
        internal override bool IsForwarding => true;

        private bool _skips = true;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            _skips = _skips && predicate(element.Value);
            return _skips ? default : PushAsync(element);
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (!_skips)
            {
                snapshot.Write("passes", true);
            }
        }

        public void Restore(SnapshotReader snapshot) => _skips = false;
    }
}
