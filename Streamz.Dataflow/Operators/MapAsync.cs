using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The asynchronous, parallel map operator.</summary>
public static class MapAsyncOperator
{
    /// <summary>Makes one element of each, asynchronously, several at once if asked for.</summary>
    /// <remarks>
    /// <b>Order:</b> kept, unless <paramref name="ordered"/> is false; a slow element then holds back the results behind it, which keep
    /// their places. <b>Buffering:</b> with degree one none, so that emitters are paced exactly; above, twice the degree, at work,
    /// waiting and finished together. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input, after what
    /// was started. <b>Faults:</b> an exception, a null task or a cancellation fails the element and meets the node's error policy.
    /// </remarks>
    /// <typeparam name="T">The type of what comes in.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="map">Makes the new element.</param>
    /// <param name="maxDegreeOfParallelism">How many elements are worked on at once; one or more. The default is 1.</param>
    /// <param name="ordered">Whether results keep the order of their elements. The default is true.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="map"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    [OverloadResolutionPriority(1)]
    public static Stream<TResult> MapAsync<T, TResult>(
        this Stream<T> stream,
        Func<T, Task<TResult>> map,
        int maxDegreeOfParallelism = 1,
        bool ordered = true,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, (value, _) => new ValueTask<TResult>(DelegateCheck.NotNull(map(value))), takesToken: false, maxDegreeOfParallelism, ordered, options, expression);
    }

    /// <inheritdoc cref="MapAsync{T, TResult}(Stream{T}, Func{T, Task{TResult}}, int, bool, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<TResult> MapAsync<T, TResult>(
        this Stream<T> stream,
        Func<T, ValueTask<TResult>> map,
        int maxDegreeOfParallelism = 1,
        bool ordered = true,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, (value, _) => map(value), takesToken: false, maxDegreeOfParallelism, ordered, options, expression);
    }

    /// <inheritdoc cref="MapAsync{T, TResult}(Stream{T}, Func{T, Task{TResult}}, int, bool, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(1)]
    public static Stream<TResult> MapAsync<T, TResult>(
        this Stream<T> stream,
        Func<T, CancellationToken, Task<TResult>> map,
        int maxDegreeOfParallelism = 1,
        bool ordered = true,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, (value, aborted) => new ValueTask<TResult>(DelegateCheck.NotNull(map(value, aborted))), takesToken: true, maxDegreeOfParallelism, ordered, options, expression);
    }

    /// <inheritdoc cref="MapAsync{T, TResult}(Stream{T}, Func{T, Task{TResult}}, int, bool, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<TResult> MapAsync<T, TResult>(
        this Stream<T> stream,
        Func<T, CancellationToken, ValueTask<TResult>> map,
        int maxDegreeOfParallelism = 1,
        bool ordered = true,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(map))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Create(stream, map, takesToken: true, maxDegreeOfParallelism, ordered, options, expression);
    }

    private static Stream<TResult> Create<T, TResult>(
        Stream<T> stream,
        Func<T, CancellationToken, ValueTask<TResult>> map,
        bool takesToken,
        int maxDegreeOfParallelism,
        bool ordered,
        NodeOptions? options,
        string? expression)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(
            maxDegreeOfParallelism == 1
                ? new OperatorNode<T, TResult>("map", () => new MapAsyncStage<T, TResult>(map))
                {
                    Details = DelegateText.Of(expression),
                    MayWait = true,
                    AcceptsTimeout = takesToken,
                    InputsPerOutput = 1,
                }
                : new OperatorNode<T, TResult>("map", () => new ParallelStage<T, TResult>(map), maxDegreeOfParallelism, ordered)
                {
                    Details = DelegateText.Of(expression),
                    MayWait = true,
                    AcceptsTimeout = takesToken,
                    InputsPerOutput = 1,
                },
            options);
    }
}

/// <summary>Pushes on what an asynchronous delegate makes of each element, one at a time.</summary>
internal sealed class MapAsyncStage<T, TResult>(Func<T, CancellationToken, ValueTask<TResult>> map) : Stage<T, TResult>
{
    public override ValueTask OnElementAsync(Element<T> element)
    {
        var pending = map(element.Value, Context.BeginCall());
        return pending.IsCompletedSuccessfully ? PushAsync(element.With(pending.Result)) : FinishAsync(element, pending);
    }

    private async ValueTask FinishAsync(Element<T> element, ValueTask<TResult> pending) =>
        await PushAsync(element.With(await Context.AwaitAsync(pending).ConfigureAwait(true))).ConfigureAwait(true);
}
