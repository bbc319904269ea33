using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The flatten operator.</summary>
/// <remarks>
/// <b>Order:</b> kept: all items of an element, then those of the next. <b>Buffering:</b> none; a sequence is enumerated lazily, one item
/// at a time. <b>Back-pressure:</b> the next item is asked for when downstream has taken the one before. <b>Completion:</b> ends with its
/// input. <b>Faults:</b> an exception of the delegate or the sequence fails the element, after the items before it, and meets the
/// node's error policy. The element is delivered when all its items are; one without items is delivered at once.
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
}
