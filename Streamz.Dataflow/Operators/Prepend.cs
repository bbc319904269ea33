using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The prepend operator: elements that come first.</summary>
/// <remarks>
/// <b>Order:</b> kept, behind the elements that come first. <b>Buffering:</b> none; a sequence is enumerated lazily, one item at a time.
/// <b>Back-pressure:</b> waits for downstream, from the start of the pipeline on. <b>Completion:</b> ends with its input. <b>Faults:</b> an exception
/// of the sequence, after the items before it, meets the node's error policy. Each run begins with them again.
/// </remarks>
public static class PrependOperator
{
    /// <summary>Emits these elements as soon as the pipeline starts, before all others.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="elements">The elements that come first, in order.</param>
    /// <returns>The stream of these elements, and then those of <paramref name="stream"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="elements"/> is null.</exception>
    public static Stream<T> Prepend<T>(this Stream<T> stream, params T[] elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        return stream.Prepend((IEnumerable<T>)[.. elements]);
    }

    /// <summary>Emits the items of a sequence as soon as the pipeline starts, before all other elements.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="elements">The elements that come first; enumerated anew in each run.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of these elements, and then those of <paramref name="stream"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="elements"/> is null.</exception>
    public static Stream<T> Prepend<T>(this Stream<T> stream, IEnumerable<T> elements, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(elements);
        return stream.Then(new OperatorNode<T, T>("prepend", () => new PrependStage<T>(elements)) { Kind = NodeKind.Stateful }, options);
    }

    private sealed class PrependStage<T>(IEnumerable<T> elements) : Stage<T, T>, ISnapshot
    {
        private bool _prepended;

        public void Save(SnapshotWriter snapshot)
        {
            if (_prepended)
            {
                snapshot.Write("prepended", true);
            }
        }

        public void Restore(SnapshotReader snapshot) => _prepended = true;

        public override async ValueTask OnStartAsync()
        {
            if (_prepended)
            {
                return;
            }

            foreach (var element in elements)
            {
                if (IsHalted)
                {
                    return;
                }

                await PushAsync(new Element<T>(element, null)).ConfigureAwait(true);
            }

            _prepended = true;
        }

        public override ValueTask OnElementAsync(Element<T> element) => PushAsync(element);
    }
}
