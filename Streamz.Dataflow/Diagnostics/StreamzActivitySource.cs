using System.Diagnostics;

namespace Streamz.Dataflow.Diagnostics;

/// <summary>Traces: an element carries the context in force where it was emitted, and each segment works under it.</summary>
internal static class StreamzActivitySource
{
    /// <summary>The name to listen to.</summary>
    public const string Name = "Streamz.Dataflow";

    private static readonly ActivitySource s_source = new(Name);

    /// <summary>Whether anybody listens; if not, nothing is captured and nothing is started.</summary>
    public static bool IsListenedTo => s_source.HasListeners();

    /// <summary>The trace context of the caller, if it is worth carrying.</summary>
    public static ActivityContext Capture() => IsListenedTo ? Activity.Current?.Context ?? default : default;

    /// <summary>Starts the activity of one segment working on one element.</summary>
    public static Activity? StartProcessing(string nodeName, ActivityContext parent, IReadOnlyList<ActivityContext> links) =>
        s_source.StartActivity(
            nodeName,
            ActivityKind.Internal,
            parent,
            links: links.Count == 0 ? null : links.Select(link => new ActivityLink(link)));
}
