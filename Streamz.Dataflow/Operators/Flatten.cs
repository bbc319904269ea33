using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The flatten operator.</summary>
/// <remarks>
/// <b>Order:</b> kept: all items of an element, then those of the next. <b>Buffering:</b> none; a sequence is enumerated lazily, one item
/// at a time. <b>Back-pressure:</b> the next item is asked for when downstream has taken the one before. <b>Completion:</b> ends with its
/// input. <b>Faults:</b> an exception of the delegate or the sequence fails the element, after the items before it, and meets the
/// node's error policy. The element is delivered when all its items are; one without items is delivered at once. An enumerator is
/// disposed whatever ends it; that of an asynchronous sequence has a token that is cancelled when nobody will take another item, because the
/// pipeline has failed or is aborted or what is behind has ended.
/// </remarks>
public static class FlattenOperator
{
    /// <summary>Emits each item of each element.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="stream">The stream of sequences.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static Stream<T> Flatten<T>(this Stream<IEnumerable<T>> stream, NodeOptions? options = null) => Create(stream, items => items, null, options);

    /// <inheritdoc cref="Flatten{T}(Stream{IEnumerable{T}}, NodeOptions?)"/>
    public static Stream<T> Flatten<T>(this Stream<IReadOnlyList<T>> stream, NodeOptions? options = null) => Create(stream, items => items, null, options);

    /// <inheritdoc cref="Flatten{T}(Stream{IEnumerable{T}}, NodeOptions?)"/>
    public static Stream<T> Flatten<T>(this Stream<T[]> stream, NodeOptions? options = null) => Create(stream, items => items, null, options);

    /// <inheritdoc cref="Flatten{T}(Stream{IEnumerable{T}}, NodeOptions?)"/>
    public static Stream<T> Flatten<T>(this Stream<List<T>> stream, NodeOptions? options = null) => Create(stream, items => items, null, options);

    /// <summary>Emits each item that a function finds in each element.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TItem">The type of the items.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="items">Finds the items of an element; enumerated once, lazily.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="items"/> is null.</exception>
    public static Stream<TItem> Flatten<T, TItem>(
        this Stream<T> stream,
        Func<T, IEnumerable<TItem>> items,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(items))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Create(stream, items, expression, options);
    }

    /// <summary>Emits each item of each element, an asynchronous sequence.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="stream">The stream of asynchronous sequences.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static Stream<T> Flatten<T>(this Stream<IAsyncEnumerable<T>> stream, NodeOptions? options = null) =>
        CreateAsync(stream, (items, _) => items, null, options);

    /// <summary>Emits each item that a function finds, asynchronously, in each element.</summary>
    /// <inheritdoc cref="Flatten{T, TItem}(Stream{T}, Func{T, IEnumerable{TItem}}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    public static Stream<TItem> Flatten<T, TItem>(
        this Stream<T> stream,
        Func<T, IAsyncEnumerable<TItem>> items,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(items))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        return CreateAsync(stream, (value, _) => items(value), expression, options);
    }

    /// <summary>Emits each item that a function finds, asynchronously, in each element, with a token that is cancelled when nobody will take another item.</summary>
    /// <inheritdoc cref="Flatten{T, TItem}(Stream{T}, Func{T, IEnumerable{TItem}}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    public static Stream<TItem> Flatten<T, TItem>(
        this Stream<T> stream,
        Func<T, CancellationToken, IAsyncEnumerable<TItem>> items,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(items))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        return CreateAsync(stream, items, expression, options);
    }

    private static Stream<TItem> CreateAsync<T, TItem>(
        Stream<T> stream,
        Func<T, CancellationToken, IAsyncEnumerable<TItem>> items,
        string? expression,
        NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(
            new OperatorNode<T, TItem>("flatten", () => new FlattenAsyncStage<T, TItem>(items))
            {
                Details = DelegateText.Of(expression),
                MayWait = true,
                TimeoutObjection = "a sequence goes on for as long as it has items, at the pace of downstream. Limit the wait for an item inside the sequence, or put the Timeout operator behind, which ends a stream that falls silent",
            },
            options);
    }

    private static Stream<TItem> Create<T, TItem>(Stream<T> stream, Func<T, IEnumerable<TItem>> items, string? expression, NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(new OperatorNode<T, TItem>("flatten", () => new FlattenStage<T, TItem>(items)) { Details = DelegateText.Of(expression) }, options);
    }

    private sealed class FlattenStage<T, TItem>(Func<T, IEnumerable<TItem>> items) : Stage<T, TItem>
    {
        public override async ValueTask OnElementAsync(Element<T> element)
        {
            var sequence = items(element.Value) ?? throw new InvalidOperationException("The sequence to flatten is null.");
            foreach (var item in sequence)
            {
                var wasHalted = IsHalted;
                await PushAsync(element.With(item)).ConfigureAwait(true);
                if (wasHalted)
                {
                    // This item was abandoned, and the element with it; nobody takes the rest, which may be endless.
                    return;
                }
            }
        }
    }

    private sealed class FlattenAsyncStage<T, TItem>(Func<T, CancellationToken, IAsyncEnumerable<TItem>> items) : Stage<T, TItem>
    {
        public override async ValueTask OnElementAsync(Element<T> element)
        {
            var halted = Context.Halted;
            try
            {
                await EnumerateAsync(element, halted).ConfigureAwait(true);
            }
            catch (OperationCanceledException cancelled) when (halted.IsCancellationRequested && cancelled.CancellationToken != halted)
            {
                // The sequence may have linked the token with others. It has not failed: the element is abandoned.
                throw new OperationCanceledException(cancelled.Message, cancelled, halted);
            }
        }

        private async ValueTask EnumerateAsync(Element<T> element, CancellationToken halted)
        {
            var sequence = items(element.Value, halted) ?? throw new InvalidOperationException("The sequence to flatten is null.");
            var enumerator = sequence.GetAsyncEnumerator(halted);
            try
            {
                while (await Context.AwaitAsync(enumerator.MoveNextAsync()).ConfigureAwait(true))
                {
                    var wasHalted = IsHalted;
                    await PushAsync(element.With(enumerator.Current)).ConfigureAwait(true);
                    if (wasHalted)
                    {
                        // As above: nobody takes the rest, which may be endless.
                        return;
                    }
                }
            }
            finally
            {
                await Context.AwaitAsync(enumerator.DisposeAsync()).ConfigureAwait(true);
            }
        }
    }
}
