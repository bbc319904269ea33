using System.Reflection;
using System.Runtime.ExceptionServices;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Dashboard.Controlling;

/// <summary>Gives an element to a node of a running pipeline, by a source that an edit adds for it, and another edit disconnects.</summary>
/// <remarks>A run keeps its sources until it is over: each replay leaves one behind that has ended, with a sink, since a host asks for one at each end.</remarks>
internal static class Replay
{
    /// <summary>Names are unique in a graph.</summary>
    private const string Name = "replay ";

    private static int s_number;

    private static readonly MethodInfo s_run = typeof(Replay).GetMethod(nameof(RunOfAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Whether a node is one that a replay has left behind.</summary>
    public static bool IsLeftBehind(Node node) => IsOurs(node) && node.Outputs.All(edge => IsOurs(edge.To));

    /// <summary>Gives an element to a node.</summary>
    public static Task RunAsync(Pipeline pipeline, Node node, object? element, TimeSpan deadline)
    {
        if (node.InputTypes is not [var type])
        {
            throw new InvalidOperationException($"'{node}' has several inputs of types of their own; an element cannot be given to it alone.");
        }

        try
        {
            return (Task)s_run.MakeGenericMethod(type).Invoke(null, [pipeline, node, element, deadline])!;
        }
        catch (TargetInvocationException failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerException!);
            throw;
        }
    }

    private static bool IsOurs(Node node) => node.Name?.StartsWith(Name, StringComparison.Ordinal) == true;

    private static async Task RunOfAsync<T>(Pipeline pipeline, Node node, T element, TimeSpan deadline)
    {
        StreamSource<T>? source = null;
        var target = new NodeHandle(node);
        await pipeline.EditAsync(
            edit =>
            {
                source = new StreamSource<T>(pipeline.Run.Options).Named($"{Name}{Interlocked.Increment(ref s_number)}");
                source.Connect(target);
            },
            deadline).ConfigureAwait(false);
        try
        {
            // Until it is through: what has not left its source is taken away with the edge. What holds elements, as a batch does, is not waited for.
            var delivery = source!.DeliverAsync(element);
            await Task.WhenAny(delivery, Task.Delay(deadline, TimeProvider.System)).ConfigureAwait(false);
            _ = delivery.Exception;
        }
        finally
        {
            await pipeline.EditAsync(
                edit =>
                {
                    var left = source!;
                    left.Disconnect(target);
                    left.Sink(static _ => { }).Named($"{left.Node.Name} end");
                },
                deadline).ConfigureAwait(false);

            // Not before: an edit takes in nothing that has ended. The pipeline would wait for its end.
            source!.Complete();
        }
    }
}
