using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The bridge into a channel.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> that of the channel. <b>Back-pressure:</b> an element stays in its place until the channel takes it; so a
/// bounded channel that nobody reads holds the pipeline back. <b>Completion:</b> completes the channel when its input ends; what is in the
/// channel can still be read. <b>Faults:</b> when the pipeline fails or is aborted, the channel is completed with that exception. A channel that
/// somebody else has completed fails the element, which meets the node's error policy.
/// </remarks>
public static class ToChannelOperator
{
    /// <summary>Writes the elements into a channel of its own.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="capacity">How many elements wait in the channel for a reader; one or more. The pipeline waits when it is full.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The reading side of the channel. It serves one run of the pipeline, since a channel that has ended stays ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than one.</exception>
    public static ChannelReader<T> ToChannel<T>(this Stream<T> stream, int capacity, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var channel = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleWriter = true });
        Create(stream, channel.Writer, complete: true, $"capacity={capacity}", options);
        return channel.Reader;
    }

    /// <summary>Writes the elements into a channel.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="writer">The writing side of the channel.</param>
    /// <param name="complete">
    /// Whether the channel ends with the pipeline. The default is true, and serves one run; with false the channel is left open, for further
    /// runs and other writers, and does not learn of failures.
    /// </param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="writer"/> is null.</exception>
    public static StreamSink ToChannel<T>(this Stream<T> stream, ChannelWriter<T> writer, bool complete = true, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(writer);
        return Create(stream, writer, complete, null, options);
    }

    private static StreamSink Create<T>(Stream<T> stream, ChannelWriter<T> writer, bool complete, string? details, NodeOptions? options) =>
        stream.Then(new SinkNode<T>("to_channel", CreateStages(writer, complete)) { Details = details, MayWait = true }, options);

    private static Func<SinkStage<T>> CreateStages<T>(ChannelWriter<T> writer, bool complete)
    {
        var completed = new StrongBox<bool>();
        return () => new WritingStage<T>(writer, complete ? completed : null);
    }

    /// <param name="writer">The channel.</param>
    /// <param name="completed">Shared by all runs: whether one has completed the channel; null if none is to.</param>
    private sealed class WritingStage<T>(ChannelWriter<T> writer, StrongBox<bool>? completed) : BridgeStage<T>
    {
        public override ValueTask OnStartAsync() => completed is { Value: true }
            ? throw new InvalidOperationException(
                $"The channel of '{Context.NodeName}' has ended with the run before. Use ToChannel(writer, complete: false) to leave it open for several runs.")
            : base.OnStartAsync();

        public override ValueTask OnElementAsync(Element<T> element) =>
            writer.TryWrite(element.Value) ? default : Context.AwaitAsync(writer.WriteAsync(element.Value, Context.Aborted));

        protected override void OnEnd(Exception? failure)
        {
            if (completed is not null)
            {
                completed.Value = true;
                writer.TryComplete(failure);
            }
        }
    }
}
