namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>What happened in the run of an example.</summary>
/// <param name="Inputs">What went in, a row for each stream.</param>
/// <param name="Outputs">What came out, a row for each stream.</param>
internal sealed record Timeline(IReadOnlyList<Row> Inputs, IReadOnlyList<Row> Outputs)
{
    public IEnumerable<Row> Rows => Inputs.Concat(Outputs);

    public double Last => Rows.SelectMany(row => row.Marks).Select(mark => mark.At).DefaultIfEmpty(0).Max();
}

/// <summary>One stream in the course of time.</summary>
/// <param name="name">The name of the variable that holds it.</param>
/// <param name="type">Its type, as it is written in C#.</param>
/// <param name="isSignal">Whether the row shows what the program does beside the streams, such as a flush.</param>
internal sealed class Row(string name, string type, bool isSignal = false)
{
    private readonly Lock _gate = new();
    private readonly List<Mark> _marks = [];

    public string Name { get; } = name;

    public string Type { get; } = type;

    public bool IsSignal { get; } = isSignal;

    public IReadOnlyList<Mark> Marks
    {
        get
        {
            lock (_gate)
            {
                return [.. _marks];
            }
        }
    }

    public bool HasEnded => Marks.Any(mark => mark.Kind != MarkKind.Value);

    public void Add(double at, string text, MarkKind kind = MarkKind.Value)
    {
        lock (_gate)
        {
            _marks.Add(new Mark(Math.Round(at, 2), text, kind));
        }
    }
}

internal enum MarkKind
{
    Value,
    End,
    Error,
}

/// <summary>An element, or the end of a stream.</summary>
/// <param name="At">The second.</param>
/// <param name="Text">The element as text; of an error, its type.</param>
/// <param name="Kind">What it is.</param>
internal sealed record Mark(double At, string Text, MarkKind Kind);
