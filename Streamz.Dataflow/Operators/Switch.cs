using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The switch operator: follows the newest of several sequences.</summary>
/// <remarks>
/// <b>Order:</b> that of the sequence. <b>Buffering:</b> items that downstream has not taken yet, at most as many as the queue of the node has
/// places; they are discarded when a newer sequence begins. <b>Back-pressure:</b> the next item is asked for when there is a place for it; a
/// newer sequence waits only until the item that is being pushed on is through and the sequence before is disposed. <b>Completion:</b>
/// ends when the input and the last sequence have ended. A stop of the pipeline ends the sequence as it ends sources. <b>Faults:</b> an
/// exception of the delegate or of the newest sequence fails its element, after the items before it, and meets the node's error policy;
/// what a sequence throws after it was cancelled is ignored.
/// </remarks>
public static class SwitchOperator
{
    /// <summary>Emits the items of the newest sequence; the one before is cancelled and disposed.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="stream">The stream of sequences.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static Stream<T> Switch<T>(this Stream<IAsyncEnumerable<T>> stream, NodeOptions? options = null) =>
        Create(stream, items => items, null, options);

    /// <summary>
    /// Emits the items of the sequence that a function makes of the newest element; the sequence of the element before is cancelled and
    /// disposed.
    /// </summary>
    /// <remarks>
    /// An element is delivered when its sequence has ended or was switched from. Sequences are enumerated one at a time: one that does not
    /// heed the token that <see cref="IAsyncEnumerable{T}.GetAsyncEnumerator"/> gets keeps the next one waiting until its next item. Of
    /// several elements that come meanwhile only the newest has its sequence enumerated.
    /// </remarks>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TItem">The type of the items.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="items">Makes the sequence of an element; enumerated at most once.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="items"/> is null.</exception>
    public static Stream<TItem> Switch<T, TItem>(
        this Stream<T> stream,
        Func<T, IAsyncEnumerable<TItem>> items,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(items))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Create(stream, items, expression, options);
    }

    private static Stream<TItem> Create<T, TItem>(Stream<T> stream, Func<T, IAsyncEnumerable<TItem>> items, string? expression, NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(
            new OperatorNode<T, TItem>("switch", () => new SwitchStage<T, TItem>(items))
            {
                Details = DelegateText.Of(expression),
                SnapshotObjection = "works through a sequence that has no position to go on from. Put it in front of the pipeline",
            },
            options);
    }

    /// <summary>
    /// The turns of the stage decide which sequence is the newest; one loop enumerates them, one after the other. What both know
    /// belongs to the gate. Items carry the number of their sequence: those of an older one, which were on their way, are discarded.
    /// </summary>
    private sealed class SwitchStage<T, TItem>(Func<T, IAsyncEnumerable<TItem>> items) : FeedStage<T, (long Number, TItem Item), TItem>
    {
        private readonly Lock _gate = new();
        private Sequence? _next;
        private Sequence? _current;
        private bool _isLooping;
        private long _newest;

        protected override ValueTask OnElementAsync(Element<T> element)
        {
            var itsItems = items(element.Value) ?? throw new InvalidOperationException("The sequence to switch to is null.");
            var sequence = new Sequence(++_newest, itsItems, element);

            // Before the loop can see it, which releases it.
            element.Context?.Hold();
            Sequence? skipped;
            Sequence? left;
            bool starts;
            lock (_gate)
            {
                (skipped, _next) = (_next, sequence);
                left = _current;
                starts = !_isLooping;
                _isLooping = true;
            }

            skipped?.Element.Context?.Release();
            if (left is not null)
            {
                Cancel(left.Cancellation);
            }

            if (starts)
            {
                StartLoop(LoopAsync);
            }

            return default;
        }

        protected override ValueTask OnFedAsync(Element<(long Number, TItem Item)> element) =>
            element.Value.Number == _newest ? PushAsync(element.With(element.Value.Item)) : default;

        private static async ValueTask EnumerateAsync(FeedLoop<(long Number, TItem Item)> loop, Sequence sequence)
        {
            var cancelled = sequence.Cancellation.Token;
            var enumerator = sequence.Items.GetAsyncEnumerator(cancelled);
            try
            {
                while (!cancelled.IsCancellationRequested && await loop.AwaitAsync(enumerator.MoveNextAsync()).ConfigureAwait(true))
                {
                    if (!cancelled.IsCancellationRequested)
                    {
                        var item = new Element<(long Number, TItem Item)>((sequence.Number, enumerator.Current), sequence.Element.Context);
                        await loop.PutAsync(item, cancelled).ConfigureAwait(true);
                    }
                }
            }
            finally
            {
                await loop.AwaitAsync(enumerator.DisposeAsync()).ConfigureAwait(true);
            }
        }

        private async Task LoopAsync(FeedLoop<(long Number, TItem Item)> loop)
        {
            while (TakeNext() is { } sequence)
            {
                var stopping = loop.Stopping.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), sequence.Cancellation);
                try
                {
                    await EnumerateAsync(loop, sequence).ConfigureAwait(true);
                }
                catch (Exception failure)
                {
                    if (!sequence.Cancellation.IsCancellationRequested)
                    {
                        await loop.FailAsync(failure, sequence.Element).ConfigureAwait(true);
                    }
                }

                stopping.Unregister();
                if (loop.Stopping.IsCancellationRequested)
                {
                    loop.CutShort(sequence.Element.Context);
                }

                sequence.Element.Context?.Release();
            }
        }

        private Sequence? TakeNext()
        {
            lock (_gate)
            {
                (_current, _next) = (_next, null);
                _isLooping = _current is not null;
                return _current;
            }
        }

        private sealed class Sequence(long number, IAsyncEnumerable<TItem> items, Element<T> element)
        {
            public long Number { get; } = number;

            public IAsyncEnumerable<TItem> Items { get; } = items;

            public Element<T> Element { get; } = element;

            // Not disposed: without a timer it holds nothing, and a turn may still cancel what has just ended.
            public CancellationTokenSource Cancellation { get; } = new();
        }
    }
}
