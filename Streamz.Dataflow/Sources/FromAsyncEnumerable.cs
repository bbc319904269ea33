using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

public static partial class StreamSource
{
    /// <summary>Emits the items of an asynchronous sequence.</summary>
    /// <remarks>
    /// <b>Order:</b> kept. <b>Buffering:</b> none: at most one item is pulled ahead of a pipeline that is full. <b>Back-pressure:</b> the next item is
    /// pulled when the one before is accepted. <b>Completion:</b> ends with the sequence; when the pipeline stops, the token of the enumeration
    /// is cancelled. <b>Faults:</b> an exception of the sequence stops the pipeline, after the items before it. Each run enumerates anew.
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="items">The sequence.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    public static Stream<T> FromAsyncEnumerable<T>(IAsyncEnumerable<T> items, StreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new Stream<T>(new SourceNode<T>("from_async_enumerable", () => new AsyncEnumerableStage<T>(items), options));
    }

    private sealed class AsyncEnumerableStage<T>(IAsyncEnumerable<T> items) : SourceStage<T>
    {
        public override async Task RunAsync(SourceContext<T> context)
        {
            var enumerator = items.GetAsyncEnumerator(context.Stopping);
            await using (enumerator.ConfigureAwait(true))
            {
                while (await context.AwaitAsync(enumerator.MoveNextAsync()).ConfigureAwait(true))
                {
                    await context.EmitAsync(enumerator.Current).ConfigureAwait(true);
                }
            }
        }
    }
}
