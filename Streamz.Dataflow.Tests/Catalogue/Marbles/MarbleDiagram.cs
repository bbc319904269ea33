namespace Streamz.Dataflow.Tests.Catalogue.Marbles;

/// <summary>What a marble diagram shows.</summary>
/// <param name="Title">What the picture is called, for those who cannot see it.</param>
/// <param name="Operator">The text in the box between what goes in and what comes out.</param>
/// <param name="Timeline">What happened.</param>
internal sealed record MarbleDiagram(string Title, string Operator, Timeline Timeline)
{
    public string ToSvg() => new MarbleRenderer(this, new MarbleLayout(this)).Render();

    /// <summary>The picture in words.</summary>
    public string Describe() => string.Join(' ', Timeline.Rows.Select(Describe));

    private static string Describe(Row row)
    {
        var marks = row.Marks.Select(mark => mark.Kind switch
        {
            MarkKind.Value => FormattableString.Invariant($"{mark.Text} at {mark.At} s"),
            MarkKind.End => FormattableString.Invariant($"ends at {mark.At} s"),
            _ => FormattableString.Invariant($"fails at {mark.At} s with {mark.Text}"),
        });
        return $"{row.Name}: {string.Join(", ", marks.DefaultIfEmpty("nothing"))}.";
    }
}
