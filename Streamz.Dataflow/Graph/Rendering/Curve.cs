namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Turns courses of cubic Bézier segments into points.</summary>
internal static class Curve
{
    /// <summary>Samples the curves.</summary>
    /// <param name="points">The start and three points for each segment.</param>
    /// <param name="samples">The number of samples of each segment.</param>
    /// <returns>Points on the curves, from start to end.</returns>
    internal static List<LayoutPoint> Flatten(IReadOnlyList<LayoutPoint> points, int samples)
    {
        var result = new List<LayoutPoint> { points[0] };
        for (var i = 0; i + 3 < points.Count; i += 3)
        {
            for (var step = 1; step <= samples; step++)
            {
                result.Add(At(points[i], points[i + 1], points[i + 2], points[i + 3], (double)step / samples));
            }
        }

        return result;
    }

    /// <summary>Samples the straight lines between the points.</summary>
    /// <param name="points">The points.</param>
    /// <param name="samples">The number of samples of each line.</param>
    /// <returns>Points on the lines, from start to end.</returns>
    internal static List<LayoutPoint> Polyline(IReadOnlyList<LayoutPoint> points, int samples)
    {
        var result = new List<LayoutPoint> { points[0] };
        for (var i = 1; i < points.Count; i++)
        {
            for (var step = 1; step <= samples; step++)
            {
                var part = (double)step / samples;
                result.Add(new LayoutPoint(
                    points[i - 1].X + ((points[i].X - points[i - 1].X) * part),
                    points[i - 1].Y + ((points[i].Y - points[i - 1].Y) * part)));
            }
        }

        return result;
    }

    private static LayoutPoint At(LayoutPoint start, LayoutPoint first, LayoutPoint second, LayoutPoint end, double part)
    {
        var rest = 1 - part;
        var a = rest * rest * rest;
        var b = 3 * rest * rest * part;
        var c = 3 * rest * part * part;
        var d = part * part * part;
        return new LayoutPoint(
            (a * start.X) + (b * first.X) + (c * second.X) + (d * end.X),
            (a * start.Y) + (b * first.Y) + (c * second.Y) + (d * end.Y));
    }
}
