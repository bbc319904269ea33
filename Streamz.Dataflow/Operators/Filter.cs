using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The filter operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input.
/// <b>Faults:</b> an exception of the predicate fails the element and meets the node's error policy. An element that does not
/// pass is delivered: the pipeline is done with it.
/// </remarks>
public static class FilterOperator
{
    /// <summary>Lets the elements through that a predicate accepts.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="predicate">Whether an element goes on.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of elements that go on.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="predicate"/> is null.</exception>
    public static Stream<T> Filter<T>(
        this Stream<T> stream,
        Func<T, bool> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        return Create("filter", passes: true, stream, predicate, options, expression);
    }

    /// <summary>Lets the elements through that an asynchronous predicate accepts, one at a time.</summary>
    /// <inheritdoc cref="Filter{T}(Stream{T}, Func{T, bool}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    [OverloadResolutionPriority(1)]
    public static Stream<T> Filter<T>(
        this Stream<T> stream,
        Func<T, Task<bool>> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return CreateAsync("filter", passes: true, stream, (value, _) => new ValueTask<bool>(DelegateCheck.NotNull(predicate(value))), takesToken: false, options, expression);
    }

    /// <inheritdoc cref="Filter{T}(Stream{T}, Func{T, Task{bool}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<T> Filter<T>(
        this Stream<T> stream,
        Func<T, ValueTask<bool>> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return CreateAsync("filter", passes: true, stream, (value, _) => predicate(value), takesToken: false, options, expression);
    }

    /// <summary>Lets the elements through that an asynchronous predicate accepts, with a token that is cancelled when the pipeline is aborted.</summary>
    /// <inheritdoc cref="Filter{T}(Stream{T}, Func{T, bool}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    [OverloadResolutionPriority(1)]
    public static Stream<T> Filter<T>(
        this Stream<T> stream,
        Func<T, CancellationToken, Task<bool>> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return CreateAsync("filter", passes: true, stream, (value, aborted) => new ValueTask<bool>(DelegateCheck.NotNull(predicate(value, aborted))), takesToken: true, options, expression);
    }

    /// <inheritdoc cref="Filter{T}(Stream{T}, Func{T, CancellationToken, Task{bool}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<T> Filter<T>(
        this Stream<T> stream,
        Func<T, CancellationToken, ValueTask<bool>> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return CreateAsync("filter", passes: true, stream, predicate, takesToken: true, options, expression);
    }

    /// <summary>The node that lets through what a predicate says one thing of, whichever operator asks.</summary>
    internal static Stream<T> Create<T>(
        string operatorName, bool passes, Stream<T> stream, Func<T, bool> predicate, NodeOptions? options, string? expression)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(predicate);
        return stream.Then(new OperatorNode<T, T>(operatorName, () => new FilterStage<T>(predicate, passes)) { Details = DelegateText.Of(expression) }, options);
    }

    /// <inheritdoc cref="Create"/>
    internal static Stream<T> CreateAsync<T>(
        string operatorName,
        bool passes,
        Stream<T> stream,
        Func<T, CancellationToken, ValueTask<bool>> predicate,
        bool takesToken,
        NodeOptions? options,
        string? expression)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(
            new OperatorNode<T, T>(operatorName, () => new FilterAsyncStage<T>(predicate, passes))
            {
                Details = DelegateText.Of(expression),
                MayWait = true,
                AcceptsTimeout = takesToken,
            },
            options);
    }

    private sealed class FilterStage<T>(Func<T, bool> predicate, bool passes) : Stage<T, T>
    {
        internal override bool IsForwarding => true;

        public override ValueTask OnElementAsync(Element<T> element) => predicate(element.Value) == passes ? PushAsync(element) : default;
    }

    private sealed class FilterAsyncStage<T>(Func<T, CancellationToken, ValueTask<bool>> predicate, bool passes) : Stage<T, T>
    {
        public override async ValueTask OnElementAsync(Element<T> element)
        {
            if (await Context.AwaitAsync(predicate(element.Value, Context.BeginCall())).ConfigureAwait(true) == passes)
            {
                await PushAsync(element).ConfigureAwait(true);
            }
        }
    }
}
