using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Hosting;

/// <summary>How a node is to be, from what the code says of it and what the configuration says.</summary>
/// <param name="Capacity">How many elements it may hold; null if the compiler decides.</param>
/// <param name="Degree">How many elements it works on at once.</param>
/// <param name="Interval">The time between two elements; null if it keeps no rate.</param>
/// <param name="Timeout">How long its delegate may work on one element; null for what the code says.</param>
/// <param name="OnError">What it does on a failure; null for what the code says.</param>
internal sealed record NodeTarget(int? Capacity, int Degree, TimeSpan? Interval, TimeSpan? Timeout, ErrorPolicySettings? OnError)
{
    /// <summary>A node as the code says.</summary>
    public static NodeTarget Coded(Node node) => new(node.StatedCapacity, node.MaxDegreeOfParallelism, node.Rate?.Interval, null, null);

    /// <summary>The same node with what the configuration says.</summary>
    /// <param name="node">The node.</param>
    /// <param name="pipeline">What is said of its pipeline.</param>
    /// <param name="settings">What is said of the node, if anything.</param>
    /// <param name="errors">Gets a text, with its path, for what the node cannot be.</param>
    public NodeTarget With(Node node, PipelineSettings pipeline, NodeSettings? settings, ICollection<string> errors)
    {
        if (settings?.Capacity is { } capacity && (node.Kind == NodeKind.Source || node.KeepsNewest))
        {
            Refuse(nameof(settings.Capacity), $"'{node}' cannot have a capacity of {capacity}: {(node.KeepsNewest ? "it keeps the newest element only" : "set that of the node behind it")}.");
        }

        if (settings?.MaxDegreeOfParallelism is { } degree && degree != Degree && (!node.IsParallel || node.HasFixedParallelism))
        {
            Refuse(nameof(settings.MaxDegreeOfParallelism), $"'{node}' cannot work on {degree} elements at once: {(node.IsParallel ? "its workers are made where it is written" : "it works on one at a time. Write it with maxDegreeOfParallelism above one")}.");
        }

        if (settings?.RateLimit is { } interval && node.Rate is null)
        {
            Refuse(nameof(settings.RateLimit), $"'{node}' keeps no rate that could be {interval}. Name a RateLimit, or put one there.");
        }

        if (settings?.Timeout is { } timeout && !node.AcceptsTimeout)
        {
            Refuse(nameof(settings.Timeout), $"'{node}' cannot keep a timeout of {timeout} for each element: {node.TimeoutObjection ?? "it has no delegate that takes a CancellationToken. Give it one that does"}.");
        }

        var isAdjustable = node.IsParallel && !node.HasFixedParallelism;
        var wanted = settings?.MaxDegreeOfParallelism ?? Degree;
        return new NodeTarget(
            settings?.Capacity ?? Capacity,
            isAdjustable ? Math.Min(wanted, pipeline.MaxDegreeOfParallelism ?? wanted) : Degree,
            settings?.RateLimit ?? Interval,
            settings?.Timeout ?? (node.AcceptsTimeout && node.Timeout is null ? pipeline.Timeout : null),
            settings?.OnError);

        void Refuse(string key, string why) => errors.Add($"{settings.Path}:{key}: {why}");
    }
}
