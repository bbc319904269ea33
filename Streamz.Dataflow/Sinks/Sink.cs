using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The sink operator.</summary>
/// <remarks>
/// <b>Order:</b> kept with degree one; above, several elements are written at once. <b>Buffering:</b> none; with a degree above one, twice the
/// degree. <b>Back-pressure:</b> the element stays in its place until it is written. <b>Completion:</b> ends with its input, after what it is
/// writing. <b>Faults:</b> an exception, a null task or a cancellation fails the element and meets the node's error policy.
/// </remarks>
public static class SinkOperator
{
    /// <summary>Calls an action with each element.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="write">Takes an element. It must not be made from an asynchronous method.</param>
    /// <param name="maxDegreeOfParallelism">How many elements are written at once; one or more. The default is 1.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="write"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    /// <exception cref="ArgumentException"><paramref name="write"/> was made from an asynchronous method.</exception>
    public static StreamSink Sink<T>(
        this Stream<T> stream,
        Action<T> write,
        int maxDegreeOfParallelism = 1,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(write))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(write);
        DelegateCheck.RefuseAsyncVoid(write, "Sink");
        return stream.Then(
            maxDegreeOfParallelism == 1
                ? new SinkNode<T>("sink", () => new ActionStage<T>(write)) { Details = DelegateText.Of(expression) }
                : new SinkNode<T>("sink", () => new ParallelStage<T, T>((value, _) => Write(write, value)), maxDegreeOfParallelism)
                {
                    Details = DelegateText.Of(expression),
                },
            options);
    }

    /// <summary>Calls an asynchronous function with each element, and waits for it.</summary>
    /// <inheritdoc cref="Sink{T}(Stream{T}, Action{T}, int, NodeOptions?, string?)" path="/typeparam|/param|/returns"/>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="write"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    [OverloadResolutionPriority(1)]
    public static StreamSink Sink<T>(
        this Stream<T> stream,
        Func<T, Task> write,
        int maxDegreeOfParallelism = 1,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(write))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        return CreateAsync(stream, (value, _) => new ValueTask(DelegateCheck.NotNull(write(value))), takesToken: false, maxDegreeOfParallelism, options, expression);
    }

    /// <inheritdoc cref="Sink{T}(Stream{T}, Func{T, Task}, int, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static StreamSink Sink<T>(
        this Stream<T> stream,
        Func<T, ValueTask> write,
        int maxDegreeOfParallelism = 1,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(write))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        return CreateAsync(stream, (value, _) => write(value), takesToken: false, maxDegreeOfParallelism, options, expression);
    }

    /// <summary>Calls an asynchronous function with each element and a token that is cancelled when the pipeline is aborted, and waits for it.</summary>
    /// <inheritdoc cref="Sink{T}(Stream{T}, Action{T}, int, NodeOptions?, string?)" path="/typeparam|/param|/returns"/>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="write"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    [OverloadResolutionPriority(1)]
    public static StreamSink Sink<T>(
        this Stream<T> stream,
        Func<T, CancellationToken, Task> write,
        int maxDegreeOfParallelism = 1,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(write))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        return CreateAsync(stream, (value, aborted) => new ValueTask(DelegateCheck.NotNull(write(value, aborted))), takesToken: true, maxDegreeOfParallelism, options, expression);
    }

    /// <inheritdoc cref="Sink{T}(Stream{T}, Func{T, CancellationToken, Task}, int, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static StreamSink Sink<T>(
        this Stream<T> stream,
        Func<T, CancellationToken, ValueTask> write,
        int maxDegreeOfParallelism = 1,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(write))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        return CreateAsync(stream, write, takesToken: true, maxDegreeOfParallelism, options, expression);
    }

    private static StreamSink CreateAsync<T>(
        Stream<T> stream,
        Func<T, CancellationToken, ValueTask> write,
        bool takesToken,
        int maxDegreeOfParallelism,
        NodeOptions? options,
        string? expression)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(
            maxDegreeOfParallelism == 1
                ? new SinkNode<T>("sink", () => new AsyncStage<T>(write))
                {
                    Details = DelegateText.Of(expression),
                    MayWait = true,
                    AcceptsTimeout = takesToken,
                }
                : new SinkNode<T>("sink", () => new ParallelStage<T, T>((value, aborted) => WriteAsync(write, value, aborted)), maxDegreeOfParallelism)
                {
                    Details = DelegateText.Of(expression),
                    MayWait = true,
                    AcceptsTimeout = takesToken,
                },
            options);
    }

    private static ValueTask<T> Write<T>(Action<T> write, T value)
    {
        write(value);
        return new(value);
    }

    private static async ValueTask<T> WriteAsync<T>(Func<T, CancellationToken, ValueTask> write, T value, CancellationToken aborted)
    {
        await write(value, aborted).ConfigureAwait(true);
        return value;
    }

    private sealed class ActionStage<T>(Action<T> write) : SinkStage<T>
    {
        internal override bool IsForwarding => true;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            write(element.Value);
            return default;
        }
    }

    private sealed class AsyncStage<T>(Func<T, CancellationToken, ValueTask> write) : SinkStage<T>
    {
        public override ValueTask OnElementAsync(Element<T> element) => Context.AwaitAsync(write(element.Value, Context.BeginCall()));
    }
}
