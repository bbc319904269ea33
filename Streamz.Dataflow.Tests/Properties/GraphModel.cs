using System.Collections.Immutable;

namespace Streamz.Dataflow.Tests.Properties;

/// <summary>What a branch must carry: for each lane, exactly these values in this order; how lanes mix is left open.</summary>
internal sealed class GraphModel
{
    private readonly ImmutableSortedDictionary<long, int[]> _lanes;

    public GraphModel(long lane, IEnumerable<int> values)
        : this(ImmutableSortedDictionary<long, int[]>.Empty.Add(lane, [.. values]))
    {
    }

    private GraphModel(ImmutableSortedDictionary<long, int[]> lanes) => _lanes = lanes;

    /// <summary>Whether the whole sequence is known, because no union by arrival is above.</summary>
    public bool IsExact => _lanes.Count == 1;

    public long FirstLane => _lanes.Keys.First();

    public int Count => _lanes.Values.Sum(values => values.Length);

    public bool SharesLanesWith(GraphModel other) => _lanes.Keys.Any(other._lanes.ContainsKey);

    public GraphModel Select(Func<IEnumerable<int>, IEnumerable<int>> inEachLane) =>
        new(_lanes.ToImmutableSortedDictionary(lane => lane.Key, lane => inEachLane(lane.Value).ToArray()));

    public GraphModel Relabel(Func<long, long> label) =>
        new(_lanes.ToImmutableSortedDictionary(lane => label(lane.Key), lane => lane.Value));

    public GraphModel Union(GraphModel other) => new(_lanes.AddRange(other._lanes));

    public GraphModel Zip(GraphModel other, Func<int, int, int> pair) =>
        new(FirstLane, _lanes[FirstLane].Zip(other._lanes[other.FirstLane], pair));

    /// <summary>Compares what arrived with the model.</summary>
    /// <param name="actual">What arrived, in order.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? Difference(IReadOnlyCollection<Mark> actual)
    {
        var arrived = actual.ToLookup(mark => mark.Lane, mark => mark.Value);
        var wrong = arrived.Select(lane => lane.Key).Except(_lanes.Keys).Select(lane => $"lane {lane} should not be here")
            .Concat(_lanes.Where(lane => !lane.Value.SequenceEqual(arrived[lane.Key])).Select(lane =>
                $"lane {lane.Key}: expected [{string.Join(' ', lane.Value)}], arrived [{string.Join(' ', arrived[lane.Key])}]"))
            .ToList();
        return wrong.Count == 0 ? null : string.Join('\n', wrong);
    }
}
