using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>The starmap operator: map for tuples, taken apart.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input.
/// <b>Faults:</b> an exception of the delegate fails the element and meets the node's error policy.
/// </remarks>
public static class StarMapOperator
{
    /// <summary>Calls a function with the items of each tuple.</summary>
    /// <typeparam name="T1">The type of an item.</typeparam>
    /// <typeparam name="T2">The type of an item.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    /// <param name="stream">The stream of tuples.</param>
    /// <param name="map">Makes the new element. It must not return a task; await inside a Map instead.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static Stream<TResult> StarMap<T1, T2, TResult>(
        this Stream<(T1, T2)> stream,
        Func<T1, T2, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, tuple => map(tuple.Item1, tuple.Item2), map, options, expression);
    }

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Stream{ValueTuple{T1, T2}}, Func{T1, T2, TResult}, NodeOptions?, string?)"/>
    /// <typeparam name="T1">The type of an item.</typeparam>
    /// <typeparam name="T2">The type of an item.</typeparam>
    /// <typeparam name="T3">The type of an item.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    public static Stream<TResult> StarMap<T1, T2, T3, TResult>(
        this Stream<(T1, T2, T3)> stream,
        Func<T1, T2, T3, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, tuple => map(tuple.Item1, tuple.Item2, tuple.Item3), map, options, expression);
    }

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Stream{ValueTuple{T1, T2}}, Func{T1, T2, TResult}, NodeOptions?, string?)"/>
    /// <typeparam name="T1">The type of an item.</typeparam>
    /// <typeparam name="T2">The type of an item.</typeparam>
    /// <typeparam name="T3">The type of an item.</typeparam>
    /// <typeparam name="T4">The type of an item.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    public static Stream<TResult> StarMap<T1, T2, T3, T4, TResult>(
        this Stream<(T1, T2, T3, T4)> stream,
        Func<T1, T2, T3, T4, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, tuple => map(tuple.Item1, tuple.Item2, tuple.Item3, tuple.Item4), map, options, expression);
    }

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Stream{ValueTuple{T1, T2}}, Func{T1, T2, TResult}, NodeOptions?, string?)"/>
    /// <typeparam name="T1">The type of an item.</typeparam>
    /// <typeparam name="T2">The type of an item.</typeparam>
    /// <typeparam name="T3">The type of an item.</typeparam>
    /// <typeparam name="T4">The type of an item.</typeparam>
    /// <typeparam name="T5">The type of an item.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    public static Stream<TResult> StarMap<T1, T2, T3, T4, T5, TResult>(
        this Stream<(T1, T2, T3, T4, T5)> stream,
        Func<T1, T2, T3, T4, T5, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, tuple => map(tuple.Item1, tuple.Item2, tuple.Item3, tuple.Item4, tuple.Item5), map, options, expression);
    }

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Stream{ValueTuple{T1, T2}}, Func{T1, T2, TResult}, NodeOptions?, string?)"/>
    /// <typeparam name="T1">The type of an item.</typeparam>
    /// <typeparam name="T2">The type of an item.</typeparam>
    /// <typeparam name="T3">The type of an item.</typeparam>
    /// <typeparam name="T4">The type of an item.</typeparam>
    /// <typeparam name="T5">The type of an item.</typeparam>
    /// <typeparam name="T6">The type of an item.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    public static Stream<TResult> StarMap<T1, T2, T3, T4, T5, T6, TResult>(
        this Stream<(T1, T2, T3, T4, T5, T6)> stream,
        Func<T1, T2, T3, T4, T5, T6, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, tuple => map(tuple.Item1, tuple.Item2, tuple.Item3, tuple.Item4, tuple.Item5, tuple.Item6), map, options, expression);
    }

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Stream{ValueTuple{T1, T2}}, Func{T1, T2, TResult}, NodeOptions?, string?)"/>
    /// <typeparam name="T1">The type of an item.</typeparam>
    /// <typeparam name="T2">The type of an item.</typeparam>
    /// <typeparam name="T3">The type of an item.</typeparam>
    /// <typeparam name="T4">The type of an item.</typeparam>
    /// <typeparam name="T5">The type of an item.</typeparam>
    /// <typeparam name="T6">The type of an item.</typeparam>
    /// <typeparam name="T7">The type of an item.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    public static Stream<TResult> StarMap<T1, T2, T3, T4, T5, T6, T7, TResult>(
        this Stream<(T1, T2, T3, T4, T5, T6, T7)> stream,
        Func<T1, T2, T3, T4, T5, T6, T7, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, tuple => map(tuple.Item1, tuple.Item2, tuple.Item3, tuple.Item4, tuple.Item5, tuple.Item6, tuple.Item7), map, options, expression);
    }

    /// <inheritdoc cref="StarMap{T1, T2, TResult}(Stream{ValueTuple{T1, T2}}, Func{T1, T2, TResult}, NodeOptions?, string?)"/>
    /// <typeparam name="T1">The type of an item.</typeparam>
    /// <typeparam name="T2">The type of an item.</typeparam>
    /// <typeparam name="T3">The type of an item.</typeparam>
    /// <typeparam name="T4">The type of an item.</typeparam>
    /// <typeparam name="T5">The type of an item.</typeparam>
    /// <typeparam name="T6">The type of an item.</typeparam>
    /// <typeparam name="T7">The type of an item.</typeparam>
    /// <typeparam name="T8">The type of an item.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    public static Stream<TResult> StarMap<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(
        this Stream<(T1, T2, T3, T4, T5, T6, T7, T8)> stream,
        Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, tuple => map(tuple.Item1, tuple.Item2, tuple.Item3, tuple.Item4, tuple.Item5, tuple.Item6, tuple.Item7, tuple.Item8), map, options, expression);
    }

    private static Stream<TResult> Create<TTuple, TResult>(
        Stream<TTuple> stream,
        Func<TTuple, TResult> map,
        Delegate given,
        NodeOptions? options,
        string? expression)
    {
        ArgumentNullException.ThrowIfNull(stream);
        DelegateCheck.RefuseTaskResult<TResult>(given, "StarMap");
        return stream.Then(
            new OperatorNode<TTuple, TResult>("starmap", () => new MapStage<TTuple, TResult>(map)) { Details = DelegateText.Of(expression), InputsPerOutput = 1 },
            options);
    }
}
