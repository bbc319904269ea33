using System.Runtime.CompilerServices;

namespace Streamz.Dataflow;

/// <summary>The scan operator: another name of <see cref="AccumulateOperator"/>.</summary>
public static class ScanOperator
{
    /// <inheritdoc cref="AccumulateOperator.Accumulate{T}(Stream{T}, Func{T, T, T}, NodeOptions?, string?)"/>
    public static Stream<T> Scan<T>(
        this Stream<T> stream,
        Func<T, T, T> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T, TState}(Stream{T}, TState, Func{TState, T, TState}, NodeOptions?, string?)"/>
    public static Stream<TState> Scan<T, TState>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, TState> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(seed, accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T, TState, TResult}(Stream{T}, TState, Func{TState, T, ValueTuple{TState, TResult}}, NodeOptions?, string?)"/>
    public static Stream<TResult> Scan<T, TState, TResult>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, (TState State, TResult Result)> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(seed, accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T}(Stream{T}, Func{T, T, Task{T}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(1)]
    public static Stream<T> Scan<T>(
        this Stream<T> stream,
        Func<T, T, Task<T>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T}(Stream{T}, Func{T, T, Task{T}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<T> Scan<T>(
        this Stream<T> stream,
        Func<T, T, ValueTask<T>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T}(Stream{T}, Func{T, T, CancellationToken, Task{T}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(1)]
    public static Stream<T> Scan<T>(
        this Stream<T> stream,
        Func<T, T, CancellationToken, Task<T>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T}(Stream{T}, Func{T, T, CancellationToken, Task{T}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<T> Scan<T>(
        this Stream<T> stream,
        Func<T, T, CancellationToken, ValueTask<T>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T, TState}(Stream{T}, TState, Func{TState, T, Task{TState}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(1)]
    public static Stream<TState> Scan<T, TState>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, Task<TState>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(seed, accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T, TState}(Stream{T}, TState, Func{TState, T, Task{TState}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<TState> Scan<T, TState>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, ValueTask<TState>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(seed, accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T, TState}(Stream{T}, TState, Func{TState, T, CancellationToken, Task{TState}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(1)]
    public static Stream<TState> Scan<T, TState>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, Task<TState>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(seed, accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T, TState}(Stream{T}, TState, Func{TState, T, CancellationToken, Task{TState}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<TState> Scan<T, TState>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, ValueTask<TState>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(seed, accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T, TState, TResult}(Stream{T}, TState, Func{TState, T, Task{ValueTuple{TState, TResult}}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(1)]
    public static Stream<TResult> Scan<T, TState, TResult>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, Task<(TState State, TResult Result)>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(seed, accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T, TState, TResult}(Stream{T}, TState, Func{TState, T, Task{ValueTuple{TState, TResult}}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<TResult> Scan<T, TState, TResult>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, ValueTask<(TState State, TResult Result)>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(seed, accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T, TState, TResult}(Stream{T}, TState, Func{TState, T, CancellationToken, Task{ValueTuple{TState, TResult}}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(1)]
    public static Stream<TResult> Scan<T, TState, TResult>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, Task<(TState State, TResult Result)>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(seed, accumulate, options, expression);

    /// <inheritdoc cref="AccumulateOperator.Accumulate{T, TState, TResult}(Stream{T}, TState, Func{TState, T, CancellationToken, Task{ValueTuple{TState, TResult}}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<TResult> Scan<T, TState, TResult>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, ValueTask<(TState State, TResult Result)>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null) =>
        stream.Accumulate(seed, accumulate, options, expression);
}
