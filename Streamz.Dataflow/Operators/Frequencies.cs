using System.Collections.Immutable;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The frequencies operator: running counts of values.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> a count for each different value, at most <c>maxKeys</c> of them. <b>Back-pressure:</b> waits for downstream.
/// <b>Completion:</b> ends with its input. <b>Faults:</b> a null, an exception of the comparer, and a value that would be one more than
/// <c>maxKeys</c>, fail the element, leave the counts unchanged, and meet the node's error policy. The counts begin anew in every run.
/// </remarks>
public static class FrequenciesOperator
{
    /// <summary>Emits, for each element, how often each value has come so far.</summary>
    /// <typeparam name="T">The type of the elements; they are not null.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="comparer">Tells which values are the same. The default is null: the values decide.</param>
    /// <param name="maxKeys">How many different values are counted; one or more. The default is 100,000.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>
    /// The stream of counts. Each is a snapshot that never changes and shares all but one path with the one before, so that
    /// an element costs the logarithm of the number of values and not a copy.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxKeys"/> is less than one.</exception>
    public static Stream<IReadOnlyDictionary<T, long>> Frequencies<T>(
        this Stream<T> stream,
        IEqualityComparer<T>? comparer = null,
        int maxKeys = 100_000,
        NodeOptions? options = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 1);
        return stream.Then(
            new OperatorNode<T, IReadOnlyDictionary<T, long>>("frequencies", () => new FrequenciesStage<T>(comparer, maxKeys))
            {
                Kind = NodeKind.Stateful,
                InputsPerOutput = 1,
            },
            options);
    }

    private sealed class FrequenciesStage<T>(IEqualityComparer<T>? comparer, int maxKeys) : Stage<T, IReadOnlyDictionary<T, long>>, ISnapshot
        where T : notnull
    {
        internal override bool IsForwarding => true;

        private ImmutableDictionary<T, long> _counts = ImmutableDictionary.Create<T, long>(comparer);

        public override ValueTask OnElementAsync(Element<T> element)
        {
            if (!_counts.TryGetValue(element.Value, out var count) && _counts.Count == maxKeys)
            {
                throw new InvalidOperationException(
                    $"'{element.Value}' would be one value more than the {maxKeys} that are counted. Give a larger maxKeys, or map the values to fewer.");
            }

            _counts = _counts.SetItem(element.Value, count + 1);
            return PushAsync(element.With<IReadOnlyDictionary<T, long>>(_counts));
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (!_counts.IsEmpty)
            {
                snapshot.Write("counts", _counts.ToArray());
            }
        }

        public void Restore(SnapshotReader snapshot) => _counts = _counts.SetItems(snapshot.Read<KeyValuePair<T, long>[]>("counts"));
    }
}
