using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The tap operator: looks at what goes by.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for the side effect, then for downstream. <b>Completion:</b> ends with its
/// input. <b>Faults:</b> an exception, a null task or a cancellation of the side effect fails the element, which does not go on, and meets the
/// node's error policy.
/// </remarks>
public static class TapOperator
{
    /// <summary>Calls an action with each element, which then goes on unchanged.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="look">The side effect. It must not be made from an asynchronous method.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of the same elements.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="look"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="look"/> was made from an asynchronous method.</exception>
    public static Stream<T> Tap<T>(
        this Stream<T> stream,
        Action<T> look,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(look))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(look);
        DelegateCheck.RefuseAsyncVoid(look, "Tap");
        return stream.Then(
            new OperatorNode<T, T>("tap", () => new TapStage<T>(look)) { Details = DelegateText.Of(expression), InputsPerOutput = 1 },
            options);
    }

    /// <summary>Calls an asynchronous function with each element, and waits for it; the element then goes on unchanged.</summary>
    /// <inheritdoc cref="Tap{T}(Stream{T}, Action{T}, NodeOptions?, string?)" path="/typeparam|/param|/returns"/>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="look"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public static Stream<T> Tap<T>(
        this Stream<T> stream,
        Func<T, Task> look,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(look))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(look);
        return CreateAsync(stream, (value, _) => new ValueTask(DelegateCheck.NotNull(look(value))), takesToken: false, options, expression);
    }

    /// <inheritdoc cref="Tap{T}(Stream{T}, Func{T, Task}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<T> Tap<T>(
        this Stream<T> stream,
        Func<T, ValueTask> look,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(look))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(look);
        return CreateAsync(stream, (value, _) => look(value), takesToken: false, options, expression);
    }

    /// <summary>Calls an asynchronous function with each element and a token that is cancelled when the pipeline is aborted, and waits for it; the element then goes on unchanged.</summary>
    /// <inheritdoc cref="Tap{T}(Stream{T}, Action{T}, NodeOptions?, string?)" path="/typeparam|/param|/returns"/>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="look"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public static Stream<T> Tap<T>(
        this Stream<T> stream,
        Func<T, CancellationToken, Task> look,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(look))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(look);
        return CreateAsync(stream, (value, aborted) => new ValueTask(DelegateCheck.NotNull(look(value, aborted))), takesToken: true, options, expression);
    }

    /// <inheritdoc cref="Tap{T}(Stream{T}, Func{T, CancellationToken, Task}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<T> Tap<T>(
        this Stream<T> stream,
        Func<T, CancellationToken, ValueTask> look,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(look))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(look);
        return CreateAsync(stream, look, takesToken: true, options, expression);
    }

    private static Stream<T> CreateAsync<T>(
        Stream<T> stream, Func<T, CancellationToken, ValueTask> look, bool takesToken, NodeOptions? options, string? expression)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(
            new OperatorNode<T, T>("tap", () => new TapAsyncStage<T>(look))
            {
                Details = DelegateText.Of(expression),
                InputsPerOutput = 1,
                MayWait = true,
                AcceptsTimeout = takesToken,
            },
            options);
    }

    private sealed class TapStage<T>(Action<T> look) : Stage<T, T>
    {
        internal override bool IsForwarding => true;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            look(element.Value);
            return PushAsync(element);
        }
    }

    private sealed class TapAsyncStage<T>(Func<T, CancellationToken, ValueTask> look) : Stage<T, T>
    {
        public override async ValueTask OnElementAsync(Element<T> element)
        {
            await Context.AwaitAsync(look(element.Value, Context.BeginCall())).ConfigureAwait(true);
            await PushAsync(element).ConfigureAwait(true);
        }
    }
}
