using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The skip operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input. <b>Faults:</b> has none of
/// its own. An element that is skipped is delivered: the pipeline is done with it. The count begins anew in every run.
/// </remarks>
public static class SkipOperator
{
    /// <summary>Leaves out the first elements.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="count">How many elements are left out; not negative.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of the elements behind them.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public static Stream<T> Skip<T>(this Stream<T> stream, long count, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return stream.Then(
            new OperatorNode<T, T>("skip", () => new SkipStage<T>(count)) { Kind = NodeKind.Stateful, Details = count.ToString(CultureInfo.InvariantCulture) },
            options);
    }

    private sealed class SkipStage<T>(long count) : Stage<T, T>, ISnapshot
    {
        internal override bool IsForwarding => true;

        private long _skipped;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            if (_skipped >= count)
            {
                return PushAsync(element);
            }

            _skipped++;
            return default;
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_skipped > 0)
            {
                snapshot.Write("skipped", _skipped);
            }
        }

        public void Restore(SnapshotReader snapshot) => _skipped = snapshot.Read<long>("skipped");
    }
}
