using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>The remove operator: the inverse of <see cref="FilterOperator"/>.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input.
/// <b>Faults:</b> an exception of the predicate fails the element and meets the node's error policy. An element that is removed
/// is delivered: the pipeline is done with it.
/// </remarks>
public static class RemoveOperator
{
    /// <summary>Lets the elements through that a predicate does not accept.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="predicate">Whether an element is removed.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of elements that go on.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="predicate"/> is null.</exception>
    public static Stream<T> Remove<T>(
        this Stream<T> stream,
        Func<T, bool> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        return FilterOperator.Create("remove", passes: false, stream, predicate, options, expression);
    }

    /// <summary>Lets the elements through that an asynchronous predicate does not accept, one at a time.</summary>
    /// <inheritdoc cref="Remove{T}(Stream{T}, Func{T, bool}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    [OverloadResolutionPriority(1)]
    public static Stream<T> Remove<T>(
        this Stream<T> stream,
        Func<T, Task<bool>> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return FilterOperator.CreateAsync("remove", passes: false, stream, (value, _) => new ValueTask<bool>(DelegateCheck.NotNull(predicate(value))), takesToken: false, options, expression);
    }

    /// <inheritdoc cref="Remove{T}(Stream{T}, Func{T, Task{bool}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<T> Remove<T>(
        this Stream<T> stream,
        Func<T, ValueTask<bool>> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return FilterOperator.CreateAsync("remove", passes: false, stream, (value, _) => predicate(value), takesToken: false, options, expression);
    }

    /// <summary>
    /// Lets the elements through that an asynchronous predicate does not accept; it gets a token that is cancelled when the pipeline is aborted.
    /// </summary>
    /// <inheritdoc cref="Remove{T}(Stream{T}, Func{T, bool}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    [OverloadResolutionPriority(1)]
    public static Stream<T> Remove<T>(
        this Stream<T> stream,
        Func<T, CancellationToken, Task<bool>> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return FilterOperator.CreateAsync("remove", passes: false, stream, (value, aborted) => new ValueTask<bool>(DelegateCheck.NotNull(predicate(value, aborted))), takesToken: true, options, expression);
    }

    /// <inheritdoc cref="Remove{T}(Stream{T}, Func{T, CancellationToken, Task{bool}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<T> Remove<T>(
        this Stream<T> stream,
        Func<T, CancellationToken, ValueTask<bool>> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return FilterOperator.CreateAsync("remove", passes: false, stream, predicate, takesToken: true, options, expression);
    }
}
