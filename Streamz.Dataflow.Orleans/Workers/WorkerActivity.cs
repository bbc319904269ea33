using System.Diagnostics;
using Streamz.Dataflow.Diagnostics;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>The activities of functions on workers: children of the trace that the element belongs to in the process that has emitted it.</summary>
internal static class WorkerActivity
{
    private static readonly ActivitySource s_source = new("Streamz.Dataflow");

    /// <summary>Starts the activity of one call, if somebody listens.</summary>
    public static Activity? Start(string function, string worker, string? parent)
    {
        if (parent is null || !s_source.HasListeners() || !ActivityContext.TryParse(parent, null, isRemote: true, out var context))
        {
            return null;
        }

        var activity = s_source.StartActivity(function, ActivityKind.Consumer, context);
        activity?.SetTag("streamz.worker", worker);
        return activity;
    }

    /// <summary>Notes that the call has failed.</summary>
    public static void Fail(Activity? activity, Exception thrown) => activity?.SetStatus(ActivityStatusCode.Error, FailureText.Of(thrown));
}
