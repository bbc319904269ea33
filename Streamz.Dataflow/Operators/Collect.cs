using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The collect operator: gathers elements until it is told to let go of them.</summary>
/// <remarks>
/// <b>Order:</b> kept; an element that arrives before a flush is in its list. <b>Buffering:</b> at most <c>maxCount</c> elements: a list that is full is
/// emitted without a flush. <b>Back-pressure:</b> while a list is being pushed on, both inputs wait. <b>Completion:</b> when the elements have
/// ended, what is left is emitted, and a source of flushes that works for nobody else is stopped. If the flushes end first, elements are gathered on.
/// <b>Faults:</b> has none of its own. An element is delivered with its list, and so is the flush that brought it about.
/// </remarks>
public static class CollectOperator
{
    /// <summary>Emits a list of what came since the last flush, an empty one too, for each element of another stream.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TFlush">The type of the elements that flush; their values do not matter.</typeparam>
    /// <param name="stream">The stream to gather.</param>
    /// <param name="flushOn">
    /// Each of its elements is a flush. With a <c>StreamSource</c>, a flush is an emit: <c>await flush.DeliverAsync(…)</c> completes when the list
    /// was delivered.
    /// </param>
    /// <param name="maxCount">The number of elements at which a list is emitted early; one or more. The default is 100,000.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of lists.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="flushOn"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxCount"/> is less than one.</exception>
    public static Stream<IReadOnlyList<T>> Collect<T, TFlush>(
        this Stream<T> stream,
        Stream<TFlush> flushOn,
        int maxCount = 100_000,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(flushOn);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        var node = new JoinNode<IReadOnlyList<T>>("collect", [typeof(T), typeof(TFlush)], () => new CollectStage<T, TFlush>(maxCount))
        {
            Kind = NodeKind.Batching,
            Details = string.Create(CultureInfo.InvariantCulture, $"maxCount={maxCount}"),
        };
        return node.Join(options, stream, flushOn);
    }

    private sealed class CollectStage<T, TFlush> : JoinStage<IReadOnlyList<T>>, ISnapshot
    {
        private readonly int _maxCount;
        private List<Element<T>> _gathered = [];

        public CollectStage(int maxCount)
        {
            _maxCount = maxCount;
            AddInput<T>(GatherAsync);
            AddInput<TFlush>(flush => EmitAsync(flush.Context));
        }

        public override async ValueTask OnInputEndedAsync(int input)
        {
            if (input == 0)
            {
                await OnFlushAsync().ConfigureAwait(true);
                Context.Complete();
            }
        }

        public override ValueTask OnFlushAsync() => _gathered.Count > 0 ? EmitAsync(null) : default;

        public void Save(SnapshotWriter snapshot)
        {
            if (_gathered.Count > 0)
            {
                snapshot.WriteElements("gathered", _gathered);
            }
        }

        public void Restore(SnapshotReader snapshot) => _gathered.AddRange(snapshot.ReadElements<T>("gathered"));

        private ValueTask GatherAsync(Element<T> element)
        {
            element.Context?.Hold();
            _gathered.Add(element);
            return _gathered.Count >= _maxCount ? EmitAsync(null) : default;
        }

        private async ValueTask EmitAsync(ElementContext? flush)
        {
            var members = _gathered;
            _gathered = [];
            var list = Batch.Of(members);
            await PushAsync(new Element<IReadOnlyList<T>>(list.Value, ElementContext.Merge(list.Context, flush))).ConfigureAwait(true);
            Batch.Release(members);
        }
    }
}
