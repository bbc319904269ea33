using System.Threading.Channels;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

public static partial class StreamSource
{
    /// <summary>Emits what is written to a channel.</summary>
    /// <remarks>
    /// <b>Order:</b> that of the channel. <b>Buffering:</b> none besides the channel: at most one item is read ahead of a pipeline that is full.
    /// <b>Back-pressure:</b> the next item is read when the one before is accepted, so a bounded channel makes its writers wait.
    /// <b>Completion:</b> ends when the channel is completed and empty, or between two items when the pipeline stops; what the channel holds then is
    /// left in it, and an item that was read but not accepted is the first of the next run. <b>Faults:</b> an exception that the channel was
    /// completed with stops the pipeline, after the items before it.
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="reader">The reading end of the channel; others may read from it too.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="reader"/> is null.</exception>
    public static Stream<T> FromChannel<T>(ChannelReader<T> reader, StreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var inHand = new Queue<T>(1);
        return new Stream<T>(new SourceNode<T>("from_channel", () => new ChannelStage<T>(reader, inHand), options));
    }

    /// <remarks>What is in hand belongs to the definition: a channel cannot be read twice, so a stop must not lose the item.</remarks>
    private sealed class ChannelStage<T>(ChannelReader<T> reader, Queue<T> inHand) : SourceStage<T>
    {
        public override async Task RunAsync(SourceContext<T> context)
        {
            while (inHand.Count > 0 || await context.AwaitAsync(reader.WaitToReadAsync(context.Stopping)).ConfigureAwait(true))
            {
                while (inHand.Count > 0 || TryTake())
                {
                    await context.EmitAsync(inHand.Peek()).ConfigureAwait(true);
                    inHand.Dequeue();
                }
            }
        }

        private bool TryTake()
        {
            if (!reader.TryRead(out var item))
            {
                return false;
            }

            inHand.Enqueue(item);
            return true;
        }
    }
}
