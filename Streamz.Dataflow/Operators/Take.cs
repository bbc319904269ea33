using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The take operator: the beginning of a stream.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input, or behind the
/// last element that it takes; whatever upstream works for nobody else is stopped then, sources included: a later emit throws a
/// <see cref="PipelineClosedException"/>. Elements that were on their way are dropped and counted. <b>Faults:</b> has none of its own.
/// </remarks>
public static class TakeOperator
{
    /// <summary>Passes the first elements, then ends.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="count">How many elements; one or more.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of the first elements.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than one.</exception>
    public static Stream<T> Take<T>(this Stream<T> stream, int count, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return stream.Then(
            new OperatorNode<T, T>("take", () => new TakeStage<T>(count))
            {
                Kind = NodeKind.Stateful,
                Details = string.Create(CultureInfo.InvariantCulture, $"n={count}"),
                InputsPerOutput = 1,
            },
            options);
    }

    private sealed class TakeStage<T>(int count) : Stage<T, T>, ISnapshot
    {
        private int _taken;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            if (_taken >= count)
            {
                Context.Drop(element.Context);
                return default;
            }

            return ++_taken == count ? FinishAsync(PushAsync(element)) : PushAsync(element);
        }

        public override ValueTask OnStartAsync()
        {
            if (_taken >= count)
            {
                Context.Complete();
            }

            return default;
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_taken > 0)
            {
                snapshot.Write("taken", _taken);
            }
        }

        public void Restore(SnapshotReader snapshot) => _taken = snapshot.Read<int>("taken");

        private async ValueTask FinishAsync(ValueTask last)
        {
            await last.ConfigureAwait(true);
            Context.Complete();
        }
    }
}
