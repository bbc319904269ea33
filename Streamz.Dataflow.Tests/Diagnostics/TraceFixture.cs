using System.Collections.Concurrent;
using System.Diagnostics;

namespace Streamz.Dataflow.Tests.Diagnostics;

/// <summary>Listens to the activities of the pipeline that is named after the test.</summary>
public abstract class TraceFixture : IDisposable
{
    private readonly string _name = TestContext.CurrentContext.Test.Name;
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    protected TraceFixture()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Streamz.Dataflow",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (_name.Equals(activity.GetTagItem("streamz.pipeline.name")))
                {
                    _stopped.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>What names the pipeline.</summary>
    protected StreamOptions Options => new() { Name = _name };

    /// <summary>All activities that have stopped.</summary>
    protected IEnumerable<Activity> Stopped => _stopped;

    public void Dispose()
    {
        _listener.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Begins the trace of a caller.</summary>
    protected static Activity Begin() => new Activity("caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.SetIdFormat(ActivityIdFormat.W3C).Start();

    /// <summary>The activities of a name that have stopped, in the order in which they began.</summary>
    protected List<Activity> Find(string name) => [.. _stopped.Where(each => each.OperationName == name).OrderBy(each => each.StartTimeUtc)];
}
