using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>The split operator: <see cref="RouteOperator"/> for one predicate.</summary>
/// <remarks>
/// <b>Order:</b> kept within a branch. <b>Buffering:</b> none. <b>Back-pressure:</b> an element waits for its own branch, and those behind it
/// wait with it, whatever their branch; put a Buffer at the head of a branch that the other should not wait for. <b>Completion:</b> both
/// branches end with the input. <b>Faults:</b> an exception of the predicate fails the element at the splitting node and meets its error
/// policy; the element goes to no branch. A branch that nothing is put behind is an open end: its elements are discarded and counted.
/// </remarks>
public static class SplitOperator
{
    /// <summary>Sends each element to one of two branches: <c>var (large, small) = orders.Split(order => order.Total > 100)</c>.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="predicate">Whether an element goes to the first branch; called once for each element.</param>
    /// <param name="options">The name, capacity and error policy of the splitting node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The elements that the predicate accepts, and the others.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="predicate"/> is null.</exception>
    public static (Stream<T> Matched, Stream<T> Otherwise) Split<T>(
        this Stream<T> stream,
        Func<T, bool> predicate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(predicate);
        var split = stream.Then(
            new OperatorNode<T, Routed<T>>("split", () => new RouteStage<T>([predicate]))
            {
                Details = DelegateText.Of(expression),
                InputsPerOutput = 1,
            },
            options);
        return (split.Then(RouteBranchStage<T>.Node("matched", 0)), split.Then(RouteBranchStage<T>.Node("otherwise", 1)));
    }
}
