using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>What C# query expressions call: <c>from x in stream where … select …</c>.</summary>
public static class LinqOperators
{
    /// <summary>The same as Map.</summary>
    /// <inheritdoc cref="MapOperator.Map{T, TResult}(Stream{T}, Func{T, TResult}, int, bool, NodeOptions?, string?)" path="/remarks"/>
    /// <typeparam name="T">The type of what comes in.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="selector">Makes the new element.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="selector"/> is null.</exception>
    public static Stream<TResult> Select<T, TResult>(
        this Stream<T> stream,
        Func<T, TResult> selector,
        [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return stream.Map(selector, expression: expression);
    }

    /// <summary>The same as Filter.</summary>
    /// <inheritdoc cref="FilterOperator.Filter{T}(Stream{T}, Func{T, bool}, NodeOptions?, string?)" path="/remarks|/typeparam|/param|/returns|/exception"/>
    /// <param name="stream">The stream.</param>
    /// <param name="predicate">Whether an element goes on.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    public static Stream<T> Where<T>(
        this Stream<T> stream,
        Func<T, bool> predicate,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return stream.Filter(predicate, expression: expression);
    }

    /// <summary>Emits what a function makes of each element and each of its items; the same as Flatten, then Map.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TItem">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="collectionSelector">Finds the items of an element.</param>
    /// <param name="resultSelector">Makes the new element of an element and one of its items.</param>
    /// <returns>The stream of results.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/>, <paramref name="collectionSelector"/> or <paramref name="resultSelector"/> is null.</exception>
    public static Stream<TResult> SelectMany<T, TItem, TResult>(
        this Stream<T> stream,
        Func<T, IEnumerable<TItem>> collectionSelector,
        Func<T, TItem, TResult> resultSelector)
    {
        ArgumentNullException.ThrowIfNull(collectionSelector);
        ArgumentNullException.ThrowIfNull(resultSelector);
        return stream.Flatten(element => collectionSelector(element).Select(item => resultSelector(element, item)));
    }

    /// <summary>Emits what a function makes of each element and each item of its asynchronous sequence; the same as Flatten, then Map.</summary>
    /// <inheritdoc cref="SelectMany{T, TItem, TResult}(Stream{T}, Func{T, IEnumerable{TItem}}, Func{T, TItem, TResult})" path="/typeparam|/param|/returns|/exception"/>
    public static Stream<TResult> SelectMany<T, TItem, TResult>(
        this Stream<T> stream,
        Func<T, IAsyncEnumerable<TItem>> collectionSelector,
        Func<T, TItem, TResult> resultSelector)
    {
        ArgumentNullException.ThrowIfNull(collectionSelector);
        ArgumentNullException.ThrowIfNull(resultSelector);
        return stream.Flatten(element => collectionSelector(element).Select(item => resultSelector(element, item)));
    }
}
