namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>The first few of the malformed lines, in whatever order they are found.</summary>
internal sealed class MalformedLines
{
    public const int Capacity = 5;

    private readonly List<MalformedLine> _first = new(Capacity + 1);

    public IReadOnlyList<MalformedLine> First => _first;

    public void Add(long number, string line)
    {
        // A file of another format is all malformed lines: make no text that is thrown away.
        if (_first.Count == Capacity && number > _first[^1].Number)
        {
            return;
        }

        Add(new MalformedLine(number, PrintableText.Of(line.EndsWith('\r') ? line[..^1] : line)));
    }

    public void Add(MalformedLine line)
    {
        _first.Add(line);
        _first.Sort(Compare);
        if (_first.Count > Capacity)
        {
            _first.RemoveAt(Capacity);
        }
    }

    private static int Compare(MalformedLine left, MalformedLine right) =>
        left.Number == right.Number
            ? string.CompareOrdinal(left.Text, right.Text)
            : left.Number.CompareTo(right.Number);
}
