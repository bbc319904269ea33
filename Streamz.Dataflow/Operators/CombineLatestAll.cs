using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The combine latest operator for any number of streams of one type.</summary>
/// <remarks>
/// As <see cref="CombineLatestOperator"/>, but <c>Connect</c> and <c>Disconnect</c> change the sides of a graph that is not running.
/// <b>Order:</b> arrival; a list has the values in the order of the sides. <b>Buffering:</b> one value for each side. <b>Back-pressure:</b> waits for
/// downstream. <b>Completion:</b> ends when all sides that it emits on have ended, or when a side has ended without ever having a value.
/// <b>Faults:</b> has none of its own. A value is delivered with the list that it brought about, but stays retained until it is replaced.
/// </remarks>
public static class CombineLatestAllOperator
{
    /// <summary>Emits the newest values of all streams, once all have one, whenever one of them changes.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="streams">The streams, one or more.</param>
    /// <param name="emitOn">
    /// The streams whose elements make an output; those of the others are only remembered. They cannot be disconnected. The default is
    /// null: all, also those that are connected later.
    /// </param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of lists, each with one value of each side.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="streams"/> or one of them is null.</exception>
    /// <exception cref="ArgumentException">
    /// There is no stream, or <paramref name="emitOn"/> is empty or names a stream that is no side of the join.
    /// </exception>
    public static Stream<IReadOnlyList<T>> CombineLatestAll<T>(
        this IEnumerable<Stream<T>> streams,
        IReadOnlyList<IStream>? emitOn = null,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(streams);
        Stream<T>[] given = [.. streams];
        IReadOnlyList<IStream> emitting = emitOn is null ? [] : [.. emitOn];
        if (emitOn is not null && !Array.Exists(given, stream => stream is null))
        {
            JoinSides.InputsOf(given, emitting, nameof(emitOn));
        }

        var node = new JoinAllNode<T, IReadOnlyList<T>>("combine_latest_all", CreateStage) { Required = emitting };
        return node.Join(options, given);

        CombineLatestStage<IReadOnlyList<T>> CreateStage(IReadOnlyList<IStream> sides)
        {
            var inputs = emitOn is null ? null : JoinSides.InputsOf(sides, emitting, nameof(emitOn));
            var list = new ListJoin<T>(sides.Count);
            return new CombineLatestStage<IReadOnlyList<T>>(list.Bind, input => inputs?.Contains(input) != false, list);
        }
    }
}
