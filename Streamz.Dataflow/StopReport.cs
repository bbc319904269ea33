using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow;

/// <summary>What a stop left behind.</summary>
/// <param name="Abandoned">How many elements were abandoned, counted where each was discarded.</param>
/// <param name="AbandonedByNode">The same for each node that discarded any.</param>
/// <param name="Unfinished">The nodes whose delegates ignored the cancellation and were still running at the end; empty if all ended.</param>
public sealed record StopReport(long Abandoned, IReadOnlyDictionary<string, long> AbandonedByNode, IReadOnlyList<string> Unfinished)
{
    internal static StopReport Of(Run run)
    {
        var abandoned = run.Nodes.Where(node => node.Abandoned > 0).ToList();
        return new StopReport(
            abandoned.Sum(node => node.Abandoned),
            abandoned.GroupBy(node => node.NodeName).ToDictionary(group => group.Key, group => group.Sum(node => node.Abandoned)),
            [.. run.Segments.Where(segment => !segment.Completion.IsCompleted).Select(segment => segment.Head.NodeName)]);
    }
}
