namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>The distances of the picture, in pixels.</summary>
internal static class LayoutMetrics
{
    /// <summary>The size of node text.</summary>
    internal const double FontSize = 13;

    /// <summary>The height of a line of node text.</summary>
    internal const double LineHeight = 17;

    /// <summary>The size of edge labels.</summary>
    internal const double EdgeFontSize = 11;

    /// <summary>The most characters on a line of a node.</summary>
    internal const int MaxLineCharacters = 28;

    /// <summary>The most lines a label takes, not counting the name.</summary>
    internal const int MaxLabelLines = 2;

    /// <summary>The room between a node and its neighbour in the same layer.</summary>
    internal const double NodeSeparation = 26;

    /// <summary>The room between an edge and its neighbour in the same layer.</summary>
    internal const double EdgeSeparation = 20;

    /// <summary>The least room between two layers.</summary>
    internal const double LayerGap = 50;

    /// <summary>The most that long slanted edges may widen a gap.</summary>
    internal const double MaxExtraGap = 70;

    /// <summary>The distance of the first returning edge from its layer.</summary>
    internal const double TrackOffset = 24;

    /// <summary>The distance between returning edges side by side.</summary>
    internal const double TrackSpacing = 12;

    /// <summary>The radius of the corners of returning edges.</summary>
    internal const double TurnRadius = 14;

    /// <summary>The wanted distance between the ends of edges at one side of a node.</summary>
    internal const double PortSpacing = 11;

    /// <summary>The room between unconnected parts.</summary>
    internal const double ComponentGap = 44;

    /// <summary>The room around the picture.</summary>
    internal const double PictureMargin = 24;

    /// <summary>The distance between the two outlines of a double octagon.</summary>
    internal const double DoubleOutline = 4;
}
