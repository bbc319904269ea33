using System.Text.RegularExpressions;

namespace Streamz.Dataflow.Samples.Live;

/// <summary>Puts the counts of the nodes beside the drawing of their graph, which has a line for each.</summary>
internal sealed partial class NodeTable
{
    private static readonly TimeSpan _rateOver = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<(string Drawing, string? Name)> _lines;
    private readonly Queue<(TimeSpan Time, PipelineSnapshot Snapshot)> _past = new();

    public NodeTable(string drawing) => _lines = [.. drawing.TrimEnd('\n').Split('\n').Select(line => (line, NameIn(line)))];

    /// <summary>The rows now; rates are those of the last second.</summary>
    public IReadOnlyList<NodeRow> Update(PipelineSnapshot snapshot, TimeSpan time)
    {
        while (_past.Count > 1 && time - _past.ElementAt(1).Time >= _rateOver)
        {
            _past.Dequeue();
        }

        _past.Enqueue((time, snapshot));
        var (then, before) = _past.Peek();
        var seconds = (time - then).TotalSeconds;
        var received = before.Nodes.ToDictionary(node => node.Name, node => node.Received);
        var nodes = snapshot.Nodes.ToDictionary(node => node.Name);
        return
        [
            .. _lines.Select(line => line.Name is { } name && nodes.TryGetValue(name, out var node)
                ? new NodeRow(line.Drawing, node, seconds > 0 ? (node.Received - received[name]) / seconds : 0)
                : new NodeRow(line.Drawing, null, 0)),
        ];
    }

    private static string? NameIn(string line) => Drawn().Match(line) is { Success: true } drawn ? drawn.Groups["name"].Value : null;

    [GeneratedRegex(@"^[ │├└─]*(\[\d+\] )?\(\d+\) (?<name>[^:]+)(: .*)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Drawn();
}
