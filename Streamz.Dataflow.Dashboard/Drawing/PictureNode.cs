using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Dashboard.Drawing;

/// <summary>A node with its place.</summary>
/// <param name="Id">The number of the node.</param>
/// <param name="Look">The style class of its kind.</param>
/// <param name="Outline">The markup of its outline, which has numbers only.</param>
/// <param name="Place">Its place and its text.</param>
internal sealed record PictureNode(int Id, string Look, string Outline, PlacedNode Place)
{
    public static PictureNode Of(PlacedNode node, int id)
    {
        var writer = new SvgWriter();
        SvgShapes.Draw(writer, node, DrawingDirection.LeftToRight);
        return new PictureNode(id, SvgTheme.LookOf(node.Node.Shape).CssClass, writer.ToString(), node);
    }
}
