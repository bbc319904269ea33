using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>The map operator on a cluster.</summary>
/// <remarks>
/// <b>Order:</b> kept: what goes on is the result to be. <b>Buffering:</b> none. <b>Back-pressure:</b> none of its own: functions are started at once, as many as
/// there are workers run, and what bounds them is the Buffer in front of Gather. <b>Completion:</b> ends with its input. <b>Faults:</b> show at Gather.
/// </remarks>
public static class ClusterMapOperator
{
    /// <summary>Has a function run on each value, where the value is.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="map">Makes the result; workers call it several times at once. It must not return a task.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static ClusterStream<TResult> Map<T, TResult>(
        this ClusterStream<T> stream,
        Func<T, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(map);
        DelegateCheck.RefuseTaskResult<TResult>(map, "Map");
        return Create(stream, ClusterFunctions.Of(map), options, expression);
    }

    /// <summary>Has a function run on each value, where the value is, together with a state that travels with the function.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="state">What the function needs besides the value, as it is now; may be null. Each worker has a copy of its own.</param>
    /// <param name="map">Makes the result; workers call it several times at once. It must not return a task.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static ClusterStream<TResult> Map<T, TState, TResult>(
        this ClusterStream<T> stream,
        TState state,
        Func<TState, T, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(map);
        DelegateCheck.RefuseTaskResult<TResult>(map, "Map");
        return Create(stream, ClusterFunctions.Of(ClusterFunctions.With(state, map)), options, expression);
    }

    /// <summary>Has an asynchronous function run on each value, where the value is; its worker is busy until it has finished.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="map">Makes the result; workers call it several times at once.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public static ClusterStream<TResult> Map<T, TResult>(
        this ClusterStream<T> stream,
        Func<T, Task<TResult>> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, ClusterFunctions.Of(map), options, expression);
    }

    /// <inheritdoc cref="Map{T, TResult}(ClusterStream{T}, Func{T, Task{TResult}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static ClusterStream<TResult> Map<T, TResult>(
        this ClusterStream<T> stream,
        Func<T, ValueTask<TResult>> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, ClusterFunctions.Of(map), options, expression);
    }

    /// <inheritdoc cref="Map{T, TResult}(ClusterStream{T}, Func{T, Task{TResult}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(1)]
    public static ClusterStream<TResult> Map<T, TResult>(
        this ClusterStream<T> stream,
        Func<T, CancellationToken, Task<TResult>> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, ClusterFunctions.Of(map), options, expression);
    }

    /// <inheritdoc cref="Map{T, TResult}(ClusterStream{T}, Func{T, Task{TResult}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static ClusterStream<TResult> Map<T, TResult>(
        this ClusterStream<T> stream,
        Func<T, CancellationToken, ValueTask<TResult>> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, map, options, expression);
    }

    private static ClusterStream<TResult> Create<T, TResult>(
        ClusterStream<T> stream,
        Func<T, CancellationToken, ValueTask<TResult>> map,
        NodeOptions? options,
        string? expression)
    {
        var cluster = stream.Cluster;
        var details = DelegateText.Of(expression);
        var function = new ClusterFunction<T, TResult>(options?.Name ?? $"map {details}", map);
        cluster.Prepare(function);
        return stream.Then(
            ahead => ClusterNode.Submitting("map", ahead, static value => value, (ClusterValue<T> value, CancellationToken aborted) => cluster.Submit(function, value, aborted), details),
            options);
    }
}
