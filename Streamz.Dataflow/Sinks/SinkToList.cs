using System.Collections;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The sink that collects.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> keeps everything: meant for tests and small results. <b>Back-pressure:</b> never waits.
/// <b>Completion:</b> ends with its input. <b>Faults:</b> has none of its own.
/// </remarks>
public static class SinkToListOperator
{
    /// <summary>Collects the elements in a list.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The list, which grows as elements arrive and may be read at any time; it is also the handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static SinkList<T> SinkToList<T>(this Stream<T> stream, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SinkList<T> list = null!;
        var node = new SinkNode<T>("sink_to_list", () => new CollectingStage<T>(list));
        list = new SinkList<T>(node);
        stream.Then(node, options);
        return list;
    }

    private sealed class CollectingStage<T>(SinkList<T> list) : SinkStage<T>
    {
        internal override bool IsForwarding => true;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            list.Add(element.Value);
            return default;
        }
    }
}

/// <summary>The elements that a sink has collected, over all runs. Reading is safe at any time and sees the elements so far.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public sealed class SinkList<T> : IReadOnlyList<T>, IStream
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];

    internal SinkList(Node node) => Node = node;

    /// <inheritdoc/>
    public Node Node { get; }

    /// <inheritdoc/>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    /// <inheritdoc/>
    public T this[int index]
    {
        get
        {
            lock (_gate)
            {
                return _items[index];
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        List<T> seen;
        lock (_gate)
        {
            seen = [.. _items];
        }

        return seen.GetEnumerator();
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(T item)
    {
        lock (_gate)
        {
            _items.Add(item);
        }
    }
}
