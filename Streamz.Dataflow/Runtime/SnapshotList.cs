using System.Collections;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// A list that any thread may read while another changes it: a reader sees it as it was before or after a change, and goes on with what it
/// has begun.
/// </summary>
/// <remarks>
/// A snapshot is an array and how much of it counts. An addition writes behind what counts for anybody, so that a long graph is built without
/// copying; a removal, as rare as edits of a running graph, copies.
/// </remarks>
internal sealed class SnapshotList<T> : IReadOnlyList<T>
{
    private readonly Lock _gate = new();
    private volatile Snapshot _present = new([], 0);

    public int Count => _present.Count;

    public T this[int index]
    {
        get
        {
            var (items, count) = _present;
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
            return items[index];
        }
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            var (items, count) = _present;
            if (count == items.Length)
            {
                Array.Resize(ref items, Math.Max(4, 2 * count));
            }

            items[count] = item;
            _present = new Snapshot(items, count + 1);
        }
    }

    public void RemoveAll(Predicate<T> match)
    {
        lock (_gate)
        {
            T[] kept = [.. this.Where(item => !match(item))];
            _present = new Snapshot(kept, kept.Length);
        }
    }

    public T? Find(Predicate<T> match)
    {
        foreach (var item in this)
        {
            if (match(item))
            {
                return item;
            }
        }

        return default;
    }

    public bool Exists(Predicate<T> match)
    {
        var (items, count) = _present;
        return Array.FindIndex(items, 0, count, match) >= 0;
    }

    public bool TrueForAll(Predicate<T> match)
    {
        foreach (var item in this)
        {
            if (!match(item))
            {
                return false;
            }
        }

        return true;
    }

    public Enumerator GetEnumerator()
    {
        var (items, count) = _present;
        return new Enumerator(items, count);
    }

    IEnumerator<T> IEnumerable<T>.GetEnumerator()
    {
        var (items, count) = _present;
        return ((IEnumerable<T>)new ArraySegment<T>(items, 0, count)).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<T>)this).GetEnumerator();

    /// <summary>Goes through the items that the list had when it began.</summary>
    public struct Enumerator(T[] items, int count)
    {
        private int _index = -1;

        public readonly T Current => items[_index];

        public bool MoveNext() => ++_index < count;
    }

    private sealed record Snapshot(T[] Items, int Count);
}
