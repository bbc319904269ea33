using Streamz.Dataflow.Samples.AccessLog;
using Streamz.Dataflow.Samples.ErrorPolicies;
using Streamz.Dataflow.Samples.Fibonacci;
using Streamz.Dataflow.Samples.Live;
using Streamz.Dataflow.Samples.Mandelbrot;
using Streamz.Dataflow.Samples.Seed;
using Streamz.Dataflow.Samples.Service;
using Streamz.Dataflow.Samples.WebCrawler;
using Streamz.Dataflow.Samples.WordCount;

namespace Streamz.Dataflow.Samples.Running;

internal static class SampleCatalog
{
    /// <summary>All samples; the first is the one that runs when none is named.</summary>
    public static IReadOnlyList<ISample> All { get; } =
    [
        new LiveSample(),
        new AccessLogSample(),
        new SimulateLogSample(),
        new WordCountSample(),
        new WebCrawlerSample(),
        new FibonacciSample(),
        new ErrorPoliciesSample(),
        new ServiceSample(),
        new PricesSample(),
        new AwaitSample(),
        new ThreadSample(),
        new ClusterSample(),
        new ClusterAsyncSample(),
        new MandelbrotSample(),
    ];
}
