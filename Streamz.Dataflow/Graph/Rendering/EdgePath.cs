namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Builds a course of cubic Bézier segments; x runs along the flow and y across it.</summary>
internal sealed class EdgePath
{
    private const double Level = 0.05;
    private const double QuarterArc = 0.5523;

    private readonly List<LayoutPoint> _points = [];

    /// <summary>Starts a course.</summary>
    /// <param name="start">The start.</param>
    internal EdgePath(LayoutPoint start) => _points.Add(start);

    /// <summary>The start, and three points for each segment.</summary>
    internal IReadOnlyList<LayoutPoint> Points => _points;

    /// <summary>Goes on to a point, arriving and leaving along the flow.</summary>
    /// <param name="end">The point.</param>
    internal void FlowTo(LayoutPoint end)
    {
        var start = _points[^1];
        if (Math.Abs(start.Y - end.Y) < Level)
        {
            StraightTo(end);
            return;
        }

        var middle = (start.X + end.X) / 2;
        _points.Add(new LayoutPoint(middle, start.Y));
        _points.Add(new LayoutPoint(middle, end.Y));
        _points.Add(end);
    }

    /// <summary>Goes on to a point in a straight line.</summary>
    /// <param name="end">The point.</param>
    internal void StraightTo(LayoutPoint end)
    {
        var start = _points[^1];
        if (start == end)
        {
            return;
        }

        _points.Add(new LayoutPoint(((2 * start.X) + end.X) / 3, ((2 * start.Y) + end.Y) / 3));
        _points.Add(new LayoutPoint((start.X + (2 * end.X)) / 3, (start.Y + (2 * end.Y)) / 3));
        _points.Add(end);
    }

    /// <summary>Goes along the flow to a track, across the flow on it, and back the other way, with round corners.</summary>
    /// <param name="track">The position of the track.</param>
    /// <param name="across">The position across the flow to go on at.</param>
    internal void TurnAt(double track, double across)
    {
        var start = _points[^1];
        var along = Math.Sign(track - start.X);
        var down = Math.Sign(across - start.Y);
        var radius = Math.Min(
            Math.Min(LayoutMetrics.TurnRadius, Math.Abs(across - start.Y) / 2),
            Math.Abs(track - start.X));
        StraightTo(new LayoutPoint(track - (along * radius), start.Y));
        Corner(new LayoutPoint(track, start.Y), new LayoutPoint(track, start.Y + (down * radius)));
        StraightTo(new LayoutPoint(track, across - (down * radius)));
        Corner(new LayoutPoint(track, across), new LayoutPoint(track - (along * radius), across));
    }

    private void Corner(LayoutPoint corner, LayoutPoint end)
    {
        var start = _points[^1];
        _points.Add(Between(start, corner));
        _points.Add(Between(end, corner));
        _points.Add(end);
    }

    private static LayoutPoint Between(LayoutPoint start, LayoutPoint corner) =>
        new(start.X + ((corner.X - start.X) * QuarterArc), start.Y + ((corner.Y - start.Y) * QuarterArc));
}
