using System.Collections.Concurrent;
using System.Diagnostics;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>Listens to the activities of pipelines, and emits under a trace of its own for each element.</summary>
internal sealed class TraceRecorder : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _stopped = new();

    public TraceRecorder()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Streamz.Dataflow",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>What the node of the name worked on, in order.</summary>
    public IReadOnlyList<Activity> Of(string node) => [.. _stopped.Where(activity => activity.OperationName == node)];

    /// <summary>Calls under a new trace, and says which.</summary>
    public static async Task<ActivityTraceId> UnderNewTraceAsync(Func<Task> call)
    {
        using var parent = new Activity("emitter").SetIdFormat(ActivityIdFormat.W3C).Start();
        await call();
        return parent.TraceId;
    }

    /// <summary>The traces of all parents of what an activity worked on.</summary>
    public static IReadOnlyList<ActivityTraceId> Parents(Activity activity) =>
        activity.Links.Any() ? [.. activity.Links.Select(link => link.Context.TraceId)] : [activity.TraceId];

    public void Dispose() => _listener.Dispose();
}
