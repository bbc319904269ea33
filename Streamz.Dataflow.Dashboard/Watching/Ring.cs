namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>The newest of many. For any number of threads.</summary>
/// <param name="capacity">How many.</param>
internal sealed class Ring<T>(int capacity)
{
    private readonly Queue<T> _items = new();
    private readonly Lock _gate = new();

    /// <summary>Adds one; the oldest goes if there are too many.</summary>
    public void Add(T item)
    {
        lock (_gate)
        {
            if (_items.Count == capacity)
            {
                _items.Dequeue();
            }

            _items.Enqueue(item);
        }
    }

    /// <summary>All there are, the oldest first.</summary>
    public T[] ToArray()
    {
        lock (_gate)
        {
            return [.. _items];
        }
    }
}
