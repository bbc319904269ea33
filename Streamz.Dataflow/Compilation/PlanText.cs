using System.Globalization;
using System.Text;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Compilation;

/// <summary>Prints a plan for people.</summary>
internal static class PlanText
{
    public static string Of(Plan plan)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{plan.Order.Count} nodes in {plan.Segments.Count} segments, on {plan.Options.RunOn}\n");
        foreach (var segment in plan.Segments)
        {
            var entrances = plan.ElidedSources.Where(source => source.Outputs.Exists(edge => edge.To == segment.Head)).ToList();
            text.Append(CultureInfo.InvariantCulture, $"{segment.Number,3}  {Block(segment),-34} ");
            text.AppendJoin(" -> ", entrances.Count == 0
                ? segment.Nodes.Select(Text)
                : segment.Nodes.Select(Text).Prepend(string.Join(" + ", entrances.Select(Text))));
            text.Append('\n');
        }

        foreach (var loop in plan.Loops)
        {
            text.Append(CultureInfo.InvariantCulture, $"     loop: {string.Join(", ", loop.Select(Text))}\n");
        }

        foreach (var queue in plan.Order.SelectMany(node => node.Letters).GroupBy(edge => edge.To))
        {
            text.Append(CultureInfo.InvariantCulture, $"     dead letters: {string.Join(", ", queue.Select(edge => Text(edge.From)))} -> {Text(queue.Key)}\n");
        }

        foreach (var openEnd in plan.OpenEnds)
        {
            text.Append(CultureInfo.InvariantCulture, $"     open end: {Text(openEnd)} (no sink; its elements are counted and discarded)\n");
        }

        return text.ToString();
    }

    private static string Block(PlannedSegment segment)
    {
        var places = segment.Places == 1 ? "1 place" : string.Create(CultureInfo.InvariantCulture, $"{segment.Places} places");
        var head = segment.Head;
        return head.MaxDegreeOfParallelism == 1
            ? $"ActionBlock, {places}"
            : string.Create(CultureInfo.InvariantCulture, $"ActionBlock x{head.MaxDegreeOfParallelism} {(head.IsOrdered ? "ordered" : "unordered")}, {places}");
    }

    private static string Text(Node node) => node.Name is null ? node.Label : $"{node.Name} ({node.Label})";
}
