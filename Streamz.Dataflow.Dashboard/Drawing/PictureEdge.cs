using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Dashboard.Drawing;

/// <summary>An edge with its course.</summary>
/// <param name="From">The number of the node upstream.</param>
/// <param name="To">The number of the node downstream.</param>
/// <param name="Line">The markup of its line and its head, which has numbers only.</param>
/// <param name="RateAt">Where its rate is written.</param>
/// <param name="IsFeedback">Whether it closes a loop.</param>
/// <param name="IsDeadLetters">Whether only failed elements take it.</param>
internal sealed record PictureEdge(int From, int To, string Line, LayoutPoint RateAt, bool IsFeedback, bool IsDeadLetters)
{
    public static PictureEdge Of(PlacedEdge edge, int from, int to)
    {
        var writer = new SvgWriter();
        SvgEdges.Draw(writer, edge, caption: "");
        if (edge.LoopSignAt is { } sign)
        {
            SvgEdges.DrawSign(writer, sign);
        }

        // The title of the whole is that of the edge.
        var line = writer.ToString().Replace("<title></title>", "", StringComparison.Ordinal);
        return new PictureEdge(from, to, line, edge.LabelAt ?? edge.Points[edge.Points.Count / 2], edge.Edge.IsFeedback, edge.Edge.IsDeadLetters);
    }
}
