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

    /// <summary>The version of this library.</summary>
    public static readonly string? Version = typeof(StreamzActivitySource).Assembly.GetName().Version?.ToString(3);

    private static readonly ActivitySource s_source = new(Name, Version);

    /// <summary>Whether anybody listens; if not, nothing is captured and nothing is started.</summary>
    public static bool IsListenedTo => s_source.HasListeners();

    /// <summary>Whether somebody listens, and the caller has a trace that goes on with what it emits. None is begun: it would be one for each element.</summary>
    public static bool IsToBeContinued => IsListenedTo && Activity.Current is not null;

    /// <summary>The trace of the caller, if it is worth carrying.</summary>
    public static ActivityContext Current => IsListenedTo && Activity.Current is { } activity ? activity.Context : default;

    /// <summary>Starts the activity of an emit, which lasts until the element is accepted; null if the trace of the caller is not recorded.</summary>
    public static Activity? StartEmit(string pipeline, string source) =>
        IsToBeContinued ? Describe(s_source.StartActivity($"emit {source}", ActivityKind.Producer), pipeline, source) : null;

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

    /// <summary>An activity has failed.</summary>
    public static void Fail(Activity? activity, Exception failure)
    {
        activity?.SetStatus(ActivityStatusCode.Error, FailureText.Of(failure));
        activity?.SetTag("error.type", failure.GetType().FullName);
    }

    /// <summary>A node has failed on an element, and has not thrown: its activity is in force, if it has one.</summary>
    public static void Fail(string node, Exception failure)
    {
        if (Activity.Current is { } activity && activity.Source == s_source && activity.OperationName == node)
        {
            Fail(activity, failure);
        }
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
