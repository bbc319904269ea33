using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>Sources that produce elements themselves, once the pipeline is started.</summary>
public static partial class StreamSource
{
    /// <summary>Emits the items of a sequence.</summary>
    /// <remarks>
    /// <b>Order:</b> kept. <b>Buffering:</b> none: at most one item is pulled ahead of a pipeline that is full, and of a collection, such as
    /// a list, up to 256. <b>Back-pressure:</b> the next item is pulled when the one before is accepted. <b>Completion:</b> ends with the sequence, or between two items when the pipeline stops.
    /// <b>Faults:</b> an exception of the sequence stops the pipeline, after the items before it. Each run enumerates the sequence anew.
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="items">The sequence.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    public static Stream<T> FromEnumerable<T>(IEnumerable<T> items, StreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new Stream<T>(new SourceNode<T>("from_enumerable", () => new EnumerableStage<T>(items), options));
    }

    private sealed class EnumerableStage<T>(IEnumerable<T> items) : SourceStage<T>
    {
        public override async Task RunAsync(SourceContext<T> context)
        {
            if (items is ICollection<T> collection)
            {
                foreach (var lot in Lots.Of(collection))
                {
                    await context.EmitAllAsync(lot).ConfigureAwait(true);
                }

                return;
            }

            foreach (var item in items)
            {
                await context.EmitAsync(item).ConfigureAwait(true);
            }
        }
    }
}
