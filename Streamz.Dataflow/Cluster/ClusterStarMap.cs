using System.Runtime.CompilerServices;

namespace Streamz.Dataflow;

/// <summary>The star map operator on a cluster: tuples as separate arguments.</summary>
/// <inheritdoc cref="ClusterMapOperator" path="/remarks"/>
public static class ClusterStarMapOperator
{
    /// <summary>Has a function run on the parts of each tuple, where the tuple is.</summary>
    /// <typeparam name="T1">The type of the first part.</typeparam>
    /// <typeparam name="T2">The type of the second part.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream of tuples.</param>
    /// <param name="map">Makes the result; workers call it several times at once.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static ClusterStream<TResult> StarMap<T1, T2, TResult>(
        this ClusterStream<(T1, T2)> stream,
        Func<T1, T2, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return stream.Map(ClusterFunctions.OfParts(map), options, expression);
    }

    /// <summary>Has a function run on the three parts of each tuple, where the tuple is.</summary>
    /// <typeparam name="T1">The type of the first part.</typeparam>
    /// <typeparam name="T2">The type of the second part.</typeparam>
    /// <typeparam name="T3">The type of the third part.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream of tuples.</param>
    /// <param name="map">Makes the result; workers call it several times at once.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static ClusterStream<TResult> StarMap<T1, T2, T3, TResult>(
        this ClusterStream<(T1, T2, T3)> stream,
        Func<T1, T2, T3, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return stream.Map(ClusterFunctions.OfParts(map), options, expression);
    }

    /// <summary>Has a function run on the four parts of each tuple, where the tuple is.</summary>
    /// <typeparam name="T1">The type of the first part.</typeparam>
    /// <typeparam name="T2">The type of the second part.</typeparam>
    /// <typeparam name="T3">The type of the third part.</typeparam>
    /// <typeparam name="T4">The type of the fourth part.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream of tuples.</param>
    /// <param name="map">Makes the result; workers call it several times at once.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static ClusterStream<TResult> StarMap<T1, T2, T3, T4, TResult>(
        this ClusterStream<(T1, T2, T3, T4)> stream,
        Func<T1, T2, T3, T4, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return stream.Map(ClusterFunctions.OfParts(map), options, expression);
    }

    /// <summary>Has a function run on the five parts of each tuple, where the tuple is.</summary>
    /// <typeparam name="T1">The type of the first part.</typeparam>
    /// <typeparam name="T2">The type of the second part.</typeparam>
    /// <typeparam name="T3">The type of the third part.</typeparam>
    /// <typeparam name="T4">The type of the fourth part.</typeparam>
    /// <typeparam name="T5">The type of the fifth part.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream of tuples.</param>
    /// <param name="map">Makes the result; workers call it several times at once.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static ClusterStream<TResult> StarMap<T1, T2, T3, T4, T5, TResult>(
        this ClusterStream<(T1, T2, T3, T4, T5)> stream,
        Func<T1, T2, T3, T4, T5, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return stream.Map(ClusterFunctions.OfParts(map), options, expression);
    }

    /// <summary>Has a function run on the six parts of each tuple, where the tuple is.</summary>
    /// <typeparam name="T1">The type of the first part.</typeparam>
    /// <typeparam name="T2">The type of the second part.</typeparam>
    /// <typeparam name="T3">The type of the third part.</typeparam>
    /// <typeparam name="T4">The type of the fourth part.</typeparam>
    /// <typeparam name="T5">The type of the fifth part.</typeparam>
    /// <typeparam name="T6">The type of the sixth part.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream of tuples.</param>
    /// <param name="map">Makes the result; workers call it several times at once.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static ClusterStream<TResult> StarMap<T1, T2, T3, T4, T5, T6, TResult>(
        this ClusterStream<(T1, T2, T3, T4, T5, T6)> stream,
        Func<T1, T2, T3, T4, T5, T6, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return stream.Map(ClusterFunctions.OfParts(map), options, expression);
    }

    /// <summary>Has a function run on the seven parts of each tuple, where the tuple is.</summary>
    /// <typeparam name="T1">The type of the first part.</typeparam>
    /// <typeparam name="T2">The type of the second part.</typeparam>
    /// <typeparam name="T3">The type of the third part.</typeparam>
    /// <typeparam name="T4">The type of the fourth part.</typeparam>
    /// <typeparam name="T5">The type of the fifth part.</typeparam>
    /// <typeparam name="T6">The type of the sixth part.</typeparam>
    /// <typeparam name="T7">The type of the seventh part.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream of tuples.</param>
    /// <param name="map">Makes the result; workers call it several times at once.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static ClusterStream<TResult> StarMap<T1, T2, T3, T4, T5, T6, T7, TResult>(
        this ClusterStream<(T1, T2, T3, T4, T5, T6, T7)> stream,
        Func<T1, T2, T3, T4, T5, T6, T7, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return stream.Map(ClusterFunctions.OfParts(map), options, expression);
    }

    /// <summary>Has a function run on the eight parts of each tuple, where the tuple is.</summary>
    /// <typeparam name="T1">The type of the first part.</typeparam>
    /// <typeparam name="T2">The type of the second part.</typeparam>
    /// <typeparam name="T3">The type of the third part.</typeparam>
    /// <typeparam name="T4">The type of the fourth part.</typeparam>
    /// <typeparam name="T5">The type of the fifth part.</typeparam>
    /// <typeparam name="T6">The type of the sixth part.</typeparam>
    /// <typeparam name="T7">The type of the seventh part.</typeparam>
    /// <typeparam name="T8">The type of the eighth part.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream of tuples.</param>
    /// <param name="map">Makes the result; workers call it several times at once.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static ClusterStream<TResult> StarMap<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(
        this ClusterStream<(T1, T2, T3, T4, T5, T6, T7, T8)> stream,
        Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> map,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return stream.Map(ClusterFunctions.OfParts(map), options, expression);
    }
}
