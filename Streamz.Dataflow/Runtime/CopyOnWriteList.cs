using System.Collections;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// A list that any thread may read while another changes it: a reader sees it as it was before or after a change, and goes on with what it
/// has begun. Changes copy; they are as rare as edits of a running graph.
/// </summary>
internal sealed class CopyOnWriteList<T> : IReadOnlyList<T>
{
    private readonly Lock _gate = new();
    private volatile T[] _items = [];

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public void Add(T item)
    {
        lock (_gate)
        {
            _items = [.. _items, item];
        }
    }

    public void RemoveAll(Predicate<T> match)
    {
        lock (_gate)
        {
            _items = Array.FindAll(_items, item => !match(item));
        }
    }

    public T? Find(Predicate<T> match) => Array.Find(_items, match);

    public bool Exists(Predicate<T> match) => Array.Exists(_items, match);

    public bool TrueForAll(Predicate<T> match) => Array.TrueForAll(_items, match);

    public Enumerator GetEnumerator() => new(_items);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <summary>Goes through the items that the list had when it began.</summary>
    public struct Enumerator(T[] items)
    {
        private int _index = -1;

        public readonly T Current => items[_index];

        public bool MoveNext() => ++_index < items.Length;
    }
}
