using System.Diagnostics;

namespace Streamz.Dataflow.Diagnostics;

/// <summary>
/// Traces: an element carries the context of the activity that emitted it, and each node works under an activity of its own: within a block under that of the node in
/// front, in the next block under that of the emit.
/// </summary>
internal static class StreamzActivitySource
{
    /// <summary>The name to listen to.</summary>
    public const string Name = "Streamz.Dataflow";

    private static readonly ActivitySource s_source = new(Name);

    /// <summary>Whether anybody listens; if not, nothing is captured and nothing is started.</summary>
    public static bool IsListenedTo => s_source.HasListeners();

    /// <summary>The trace context of the caller, if it is worth carrying.</summary>
    public static ActivityContext Capture() => IsListenedTo ? Activity.Current?.Context ?? default : default;

    /// <summary>Starts the activity of an emit, which lasts until the element is accepted.</summary>
    public static Activity? StartEmit(string pipeline, string source) =>
        Describe(s_source.StartActivity($"emit {source}", ActivityKind.Producer), pipeline, source);

    /// <summary>Starts the activity of a node working on one element.</summary>
    /// <param name="pipeline">The name of the pipeline.</param>
    /// <param name="node">The name of the node.</param>
    /// <param name="trace">The trace of the element.</param>
    /// <param name="links">The traces of all its parents, if it was made from several.</param>
    public static Activity? StartProcessing(string? pipeline, string node, ActivityContext trace, IReadOnlyList<ActivityContext> links)
    {
        // Within a block the call of the node in front is under way, and its activity is in force.
        var parent = links.Count == 0 && Activity.Current is { } current && current.TraceId == trace.TraceId ? current.Context : trace;
        return Describe(
            s_source.StartActivity(node, ActivityKind.Internal, parent, links: links.Count == 0 ? null : links.Select(link => new ActivityLink(link))),
            pipeline,
            node);
    }

    private static Activity? Describe(Activity? activity, string? pipeline, string node)
    {
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(StreamzMeter.PipelineTag, pipeline);
            activity.SetTag(StreamzMeter.NodeTag, node);
        }

        return activity;
    }
}
