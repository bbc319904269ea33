namespace Streamz.Dataflow.Samples.WordCount;

/// <summary>The house that Jack built: a rhyme that grows by a line with each verse, so that its words come ever more often.</summary>
internal static class Rhyme
{
    private static readonly (string What, string Does)[] _parts =
    [
        ("the house that Jack built.", ""),
        ("the malt", "lay in"),
        ("the rat,", "ate"),
        ("the cat,", "killed"),
        ("the dog,", "worried"),
        ("the cow with the crumpled horn,", "tossed"),
        ("the maiden all forlorn,", "milked"),
        ("the man all tattered and torn,", "kissed"),
        ("the priest all shaven and shorn,", "married"),
        ("the cock that crowed in the morn,", "waked"),
        ("the farmer sowing his corn,", "kept"),
    ];

    /// <summary>The verses, each of one line more than the one before.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Verses { get; } = [.. Enumerable.Range(0, _parts.Length).Select(Verse)];

    private static IReadOnlyList<string> Verse(int number) =>
    [
        $"This is {_parts[number].What}",
        .. Enumerable.Range(0, number).Reverse().Select(part => $"That {_parts[part + 1].Does} {_parts[part].What}"),
    ];
}
