namespace Streamz.Dataflow.Tests.Stress;

/// <summary>What arrived at one sink, and what should.</summary>
internal sealed class Recorder(int number, bool isOrdered, bool isExact, bool isPart, Func<Item, int> expected)
{
    private readonly Lock _gate = new();
    private readonly List<Item> _items = [];
    private readonly Dictionary<Item, int> _counts = [];

    public int Number { get; } = number;

    /// <summary>Whether each producer's elements arrive in their order.</summary>
    public bool IsOrdered { get; } = isOrdered;

    /// <summary>Whether an edit has added the sink, so that it sees a stretch of the elements.</summary>
    public bool IsPart { get; } = isPart;

    /// <summary>Whether all that is expected arrives; elsewhere an operator upstream may lose elements by its own rule.</summary>
    public bool IsExact { get; } = isExact;

    public int Expected(Item item) => expected(item);

    public void Add(Item item)
    {
        lock (_gate)
        {
            _items.Add(item);
            _counts[item] = _counts.GetValueOrDefault(item) + 1;
        }
    }

    public int CountOf(Item item)
    {
        lock (_gate)
        {
            return _counts.GetValueOrDefault(item);
        }
    }

    public IReadOnlyList<Item> Items()
    {
        lock (_gate)
        {
            return [.. _items];
        }
    }
}
