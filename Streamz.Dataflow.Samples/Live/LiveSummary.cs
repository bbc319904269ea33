using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Samples.Live;

/// <summary>Whether everything that went in came out: each figure is counted at two places.</summary>
internal sealed class LiveSummary
{
    private readonly List<(long Count, string What, string Where, bool Holds)> _lines;
    private readonly StopReport _stop;

    public LiveSummary(long emitted, PipelineSnapshot snapshot, LiveFigures figures, StopReport stop)
    {
        _stop = stop;
        var nodes = snapshot.Nodes.ToDictionary(node => node.Name);
        var parsed = nodes[LivePipeline.EachSecond].Received;
        var malformed = nodes[LivePipeline.Parse].Failed;
        var views = nodes[LivePipeline.PagesEachSecond].Received;
        var failures = nodes[LivePipeline.ToBePaged].Received;
        _lines =
        [
            (emitted, "lines emitted", Text($"{parsed:N0} parsed + {malformed:N0} malformed"), emitted == parsed + malformed),
            (parsed, "lines parsed", Text($"{figures.Requests:N0} requests in {figures.Seconds:N0} windows of a second"), parsed == figures.Requests),
            (views, "page views", Text($"{figures.PageViews:N0} in the windows of pages"), views == figures.PageViews),
            (failures, "server errors", Text($"{figures.Alerts:N0} alerts, {figures.ServerErrors:N0} in the windows"), failures == figures.Alerts && failures == figures.ServerErrors),
        ];
    }

    public bool AddsUp => _stop is { Abandoned: 0, Unfinished.Count: 0 } && _lines.TrueForAll(line => line.Holds);

    public override string ToString()
    {
        var text = new StringBuilder(Text($"Drained; {_stop.Abandoned:N0} elements abandoned.\n"));
        foreach (var (count, what, where, holds) in _lines)
        {
            text.Append(Text($"{count,11:N0} {what,-13} {(holds ? '=' : '≠')} {where}\n"));
        }

        return text.Append(AddsUp ? "Everything that went in came out.\n" : "THE FIGURES DO NOT ADD UP.\n").ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
