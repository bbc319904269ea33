using System.Reflection;
using System.Runtime.ExceptionServices;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Dashboard.Controlling;

/// <summary>Gives an element to a node of a running pipeline, by a source that an edit adds for it, and another edit takes away.</summary>
internal static class Replay
{
    private static readonly MethodInfo s_run = typeof(Replay).GetMethod(nameof(RunOfAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

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

    private static async Task RunOfAsync<T>(Pipeline pipeline, Node node, T element, TimeSpan deadline)
    {
        StreamSource<T>? source = null;
        var target = new Handle(node);
        await pipeline.EditAsync(
            edit =>
            {
                source = new StreamSource<T>(pipeline.Run.Options).Named("replay");
                source.Connect(target);
            },
            deadline).ConfigureAwait(false);
        try
        {
            using var late = new CancellationTokenSource(deadline, pipeline.Run.TimeProvider);
            await source!.EmitAsync(element, late.Token).ConfigureAwait(false);
        }
        finally
        {
            await pipeline.EditAsync(edit => source!.Disconnect(target), deadline).ConfigureAwait(false);
        }
    }

    private sealed class Handle(Node node) : IStream
    {
        public Node Node { get; } = node;
    }
}
