using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The map operator.</summary>
public static class MapOperator
{
    /// <summary>Makes one element of each.</summary>
    /// <remarks>
    /// <b>Order:</b> kept, unless <paramref name="ordered"/> is false. <b>Buffering:</b> none; with a degree above one, twice the degree.
    /// <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input. <b>Faults:</b> an exception of the delegate
    /// fails the element and meets the node's error policy.
    /// </remarks>
    /// <typeparam name="T">The type of what comes in.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="map">Makes the new element. It must not return a task: asynchronous delegates have overloads of their own.</param>
    /// <param name="maxDegreeOfParallelism">How many elements are worked on at once, on threads of the pool; one or more. The default is 1.</param>
    /// <param name="ordered">Whether results keep the order of their elements. The default is true.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TResult"/> is a task.</exception>
    public static Stream<TResult> Map<T, TResult>(
        this Stream<T> stream,
        Func<T, TResult> map,
        int maxDegreeOfParallelism = 1,
        bool ordered = true,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(map);
        DelegateCheck.RefuseTaskResult<TResult>(map, "Map");
        return stream.Then(
            maxDegreeOfParallelism == 1
                ? new OperatorNode<T, TResult>("map", () => new MapStage<T, TResult>(map)) { Details = DelegateText.Of(expression), InputsPerOutput = 1 }
                : new OperatorNode<T, TResult>("map", () => new ParallelStage<T, TResult>((value, _) => new(map(value))), maxDegreeOfParallelism, ordered)
                {
                    Details = DelegateText.Of(expression),
                    InputsPerOutput = 1,
                },
            options);
    }

    /// <summary>Makes one element of each, asynchronously.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Stream{T}, Func{T, TResult}, int, bool, NodeOptions?, string?)" path="/remarks|/typeparam|/param|/returns"/>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    [OverloadResolutionPriority(1)]
    public static Stream<TResult> Map<T, TResult>(
        this Stream<T> stream,
        Func<T, Task<TResult>> map,
        int maxDegreeOfParallelism = 1,
        bool ordered = true,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null) =>
        stream.MapAsync(map, maxDegreeOfParallelism, ordered, options, expression);

    /// <summary>Makes one element of each, asynchronously.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Stream{T}, Func{T, TResult}, int, bool, NodeOptions?, string?)" path="/remarks|/typeparam|/param|/returns"/>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    [OverloadResolutionPriority(2)]
    public static Stream<TResult> Map<T, TResult>(
        this Stream<T> stream,
        Func<T, ValueTask<TResult>> map,
        int maxDegreeOfParallelism = 1,
        bool ordered = true,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null) =>
        stream.MapAsync(map, maxDegreeOfParallelism, ordered, options, expression);

    /// <summary>Makes one element of each, asynchronously, with a token that is cancelled when the pipeline is aborted.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Stream{T}, Func{T, TResult}, int, bool, NodeOptions?, string?)" path="/remarks|/typeparam|/param|/returns"/>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    [OverloadResolutionPriority(1)]
    public static Stream<TResult> Map<T, TResult>(
        this Stream<T> stream,
        Func<T, CancellationToken, Task<TResult>> map,
        int maxDegreeOfParallelism = 1,
        bool ordered = true,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null) =>
        stream.MapAsync(map, maxDegreeOfParallelism, ordered, options, expression);

    /// <summary>Makes one element of each, asynchronously, with a token that is cancelled when the pipeline is aborted.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Stream{T}, Func{T, TResult}, int, bool, NodeOptions?, string?)" path="/remarks|/typeparam|/param|/returns"/>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    [OverloadResolutionPriority(2)]
    public static Stream<TResult> Map<T, TResult>(
        this Stream<T> stream,
        Func<T, CancellationToken, ValueTask<TResult>> map,
        int maxDegreeOfParallelism = 1,
        bool ordered = true,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null) =>
        stream.MapAsync(map, maxDegreeOfParallelism, ordered, options, expression);
}

/// <summary>Pushes on what a delegate makes of each element.</summary>
internal sealed class MapStage<T, TResult>(Func<T, TResult> map) : Stage<T, TResult>
{
    internal override bool IsForwarding => true;

    public override ValueTask OnElementAsync(Element<T> element) => PushAsync(element.With(map(element.Value)));
}
