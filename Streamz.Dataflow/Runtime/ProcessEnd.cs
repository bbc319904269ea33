using System.Runtime.CompilerServices;
using Streamz.Dataflow.Diagnostics;

namespace Streamz.Dataflow.Runtime;

/// <summary>Says in the log which elements are lost when the process ends before a run does.</summary>
/// <remarks>Runs are remembered weakly: one that nobody holds and that has nothing to do is collected as ever.</remarks>
internal static class ProcessEnd
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(20);

    private static readonly ConditionalWeakTable<Run, object?> s_running = [];

    static ProcessEnd() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Tell();

    public static void Watch(Run run) => s_running.Add(run, null);

    public static void Forget(Run run) => s_running.Remove(run);

    /// <summary>Writes to the logs of all runs that have elements in flight.</summary>
    public static void Tell()
    {
        foreach (var (run, _) in s_running)
        {
            var inFlight = CountInFlight(run);
            if (inFlight > 0)
            {
                // An element that passes from one queue to the next is in both for a moment, and one whose delivery was told just now in the last.
                SpinWait.SpinUntil(() => CountInFlight(run) == 0, s_moment);
                inFlight = Math.Min(inFlight, CountInFlight(run));
            }

            if (inFlight > 0)
            {
                PipelineLog.ProcessEnds(run.Logger, inFlight, string.Join(", ", run.Nodes.Where(node => node.Node.Kind == NodeKind.Source).Select(node => node.NodeName)));
            }
        }
    }

    private static int CountInFlight(Run run) => run.Ports.Where(port => !port.IsInternal).Sum(port => port.Occupied + port.CountArriving());
}
