using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The append operator: elements that come last.</summary>
/// <remarks>
/// <b>Order:</b> kept, before the elements that come last. <b>Buffering:</b> none; a sequence is enumerated lazily, one item at a time.
/// <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends behind the last of them. <b>Faults:</b> an exception of the sequence, after the
/// items before it, meets the node's error policy. After a fault or an abort nothing is appended.
/// </remarks>
public static class AppendOperator
{
    /// <summary>Emits these elements when the input has ended, behind all others.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="elements">The elements that come last, in order.</param>
    /// <returns>The stream of the elements of <paramref name="stream"/>, and then these.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="elements"/> is null.</exception>
    public static Stream<T> Append<T>(this Stream<T> stream, params T[] elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        return stream.Append((IEnumerable<T>)[.. elements]);
    }

    /// <summary>Emits the items of a sequence when the input has ended, behind all other elements.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="elements">The elements that come last; enumerated anew in each run.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of the elements of <paramref name="stream"/>, and then these.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="elements"/> is null.</exception>
    public static Stream<T> Append<T>(this Stream<T> stream, IEnumerable<T> elements, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(elements);
        return stream.Then(new OperatorNode<T, T>("append", () => new AppendStage<T>(elements)) { Kind = NodeKind.Stateful }, options);
    }

    private sealed class AppendStage<T>(IEnumerable<T> elements) : Stage<T, T>, ISnapshot
    {
        private bool _appended;

        public override ValueTask OnElementAsync(Element<T> element) => PushAsync(element);

        public void Save(SnapshotWriter snapshot)
        {
            if (_appended)
            {
                snapshot.Write("appended", true);
            }
        }

        public void Restore(SnapshotReader snapshot) => _appended = true;

        public override async ValueTask OnFlushAsync()
        {
            // A loop is flushed each time it comes to rest.
            if (_appended)
            {
                return;
            }

            _appended = true;
            foreach (var element in elements)
            {
                if (IsHalted)
                {
                    return;
                }

                await PushAsync(new Element<T>(element, null)).ConfigureAwait(true);
            }
        }
    }
}
