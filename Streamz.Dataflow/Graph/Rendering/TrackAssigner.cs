namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Gives returning edges that turn between the same layers tracks side by side.</summary>
internal sealed class TrackAssigner
{
    private const double Clearance = 8;

    private readonly Dictionary<EdgeRoute, int> _leaving = [];
    private readonly Dictionary<EdgeRoute, int> _entering = [];
    private readonly HashSet<EdgeRoute> _crowded = [];
    private readonly int[] _tracksAfter;
    private readonly int[] _tracksBefore;

    /// <summary>Assigns tracks.</summary>
    /// <param name="graph">The graph, its vertices placed.</param>
    /// <param name="ports">Where the edges start and end.</param>
    internal TrackAssigner(LayerGraph graph, PortAssigner ports)
    {
        _tracksAfter = new int[graph.Layers.Count];
        _tracksBefore = new int[graph.Layers.Count];
        var returning = graph.Routes.Where(route => route.IsReturning).ToList();
        foreach (var group in returning.GroupBy(route => route.From.Layer))
        {
            _tracksAfter[group.Key] = Assign(
                group.Select(route => (route, Span(ports.Start(route), route.Bends[0].Position))),
                _leaving);
        }

        foreach (var group in returning.GroupBy(route => route.To.Layer))
        {
            _tracksBefore[group.Key] = Assign(
                group.Select(route => (route, Span(ports.End(route), route.Bends[^1].Position))),
                _entering);
        }
    }

    /// <summary>The number of tracks behind a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <returns>The number.</returns>
    internal int CountAfter(int layer) => _tracksAfter[layer];

    /// <summary>The number of tracks in front of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <returns>The number.</returns>
    internal int CountBefore(int layer) => _tracksBefore[layer];

    /// <summary>The distance from its layer at which an edge turns back.</summary>
    /// <param name="route">The edge.</param>
    /// <returns>The distance.</returns>
    internal double LeavingDistance(EdgeRoute route) => Distance(_leaving[route]);

    /// <summary>The distance from its layer at which an edge turns to its end.</summary>
    /// <param name="route">The edge.</param>
    /// <returns>The distance.</returns>
    internal double EnteringDistance(EdgeRoute route) => Distance(_entering[route]);

    /// <summary>Whether an edge turns beside another one, so that both must count from the same line.</summary>
    /// <param name="route">The edge.</param>
    /// <returns>Whether it is not alone.</returns>
    internal bool IsCrowded(EdgeRoute route) => _crowded.Contains(route);

    private static double Distance(int track) => LayoutMetrics.TrackOffset + (track * LayoutMetrics.TrackSpacing);

    private static (double Low, double High) Span(double one, double other) => (Math.Min(one, other), Math.Max(one, other));

    private static bool Overlap((double Low, double High) one, (double Low, double High) other) =>
        one.Low <= other.High + Clearance && other.Low <= one.High + Clearance;

    private int Assign(
        IEnumerable<(EdgeRoute Route, (double Low, double High) Span)> turns,
        Dictionary<EdgeRoute, int> result)
    {
        // Short turns first, so that they lie inside the long ones.
        var tracks = new List<List<(double Low, double High)>>();
        var sorted = turns.OrderBy(turn => turn.Span.High - turn.Span.Low).ToList();
        _crowded.UnionWith(sorted
            .Where(turn => sorted.Exists(other => other.Route != turn.Route && Overlap(turn.Span, other.Span)))
            .Select(turn => turn.Route));
        foreach (var (route, span) in sorted)
        {
            var track = tracks.FindIndex(taken => taken.TrueForAll(other => !Overlap(other, span)));
            if (track < 0)
            {
                track = tracks.Count;
                tracks.Add([]);
            }

            tracks[track].Add(span);
            result[route] = track;
        }

        return tracks.Count;
    }
}
