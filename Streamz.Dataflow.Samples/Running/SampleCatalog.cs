using Streamz.Dataflow.Samples.AccessLog;
using Streamz.Dataflow.Samples.Live;
using Streamz.Dataflow.Samples.Seed;

namespace Streamz.Dataflow.Samples.Running;

internal static class SampleCatalog
{
    /// <summary>All samples; the first is the one that runs when none is named.</summary>
    public static IReadOnlyList<ISample> All { get; } =
    [
        new LiveSample(),
        new AccessLogSample(),
        new SimulateLogSample(),
        new AwaitSample(),
        new ThreadSample(),
        new ClusterSample(),
        new ClusterAsyncSample(),
    ];
}
