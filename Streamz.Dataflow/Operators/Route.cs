using System.Globalization;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The route operator: each element goes to the first branch that takes it. <see cref="SplitOperator"/> is its short form for one predicate.</summary>
/// <remarks>
/// <b>Order:</b> kept within a branch. <b>Buffering:</b> none. <b>Back-pressure:</b> an element waits for its own branch, and those behind it
/// wait with it, whatever their branch; put a Buffer at the head of a branch that others should not wait for. <b>Completion:</b> all branches
/// end with the input. <b>Faults:</b> an exception of a predicate fails the element at the routing node and meets its error policy; the
/// element goes to no branch. A branch that nothing is put behind is an open end: its elements are discarded and counted.
/// </remarks>
public static class RouteOperator
{
    /// <summary>Sends each element to the branch of the first predicate that accepts it, else to a branch for the rest.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="first">Whether an element goes to the first branch; called once for each element.</param>
    /// <param name="second">Whether an element goes to the second branch; called for what <paramref name="first"/> did not accept.</param>
    /// <param name="options">The name, capacity and error policy of the routing node.</param>
    /// <param name="firstExpression">Filled in by the compiler, for the label of the first branch.</param>
    /// <param name="secondExpression">Filled in by the compiler, for the label of the second branch.</param>
    /// <returns>The branches; each element goes to exactly one.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or a predicate is null.</exception>
    public static (Stream<T> First, Stream<T> Second, Stream<T> Otherwise) Route<T>(
        this Stream<T> stream,
        Func<T, bool> first,
        Func<T, bool> second,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(first))] string? firstExpression = null,
        [CallerArgumentExpression(nameof(second))] string? secondExpression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var branches = Create(stream, [first, second], [firstExpression, secondExpression], options);
        return (branches[0], branches[1], branches[2]);
    }

    /// <summary>Sends each element to the branch of the first predicate that accepts it, else to a branch for the rest.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="first">Whether an element goes to the first branch; called once for each element.</param>
    /// <param name="second">Whether an element goes to the second branch; called for what <paramref name="first"/> did not accept.</param>
    /// <param name="third">Whether an element goes to the third branch; called for what the others did not accept.</param>
    /// <param name="options">The name, capacity and error policy of the routing node.</param>
    /// <param name="firstExpression">Filled in by the compiler, for the label of the first branch.</param>
    /// <param name="secondExpression">Filled in by the compiler, for the label of the second branch.</param>
    /// <param name="thirdExpression">Filled in by the compiler, for the label of the third branch.</param>
    /// <returns>The branches; each element goes to exactly one.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or a predicate is null.</exception>
    public static (Stream<T> First, Stream<T> Second, Stream<T> Third, Stream<T> Otherwise) Route<T>(
        this Stream<T> stream,
        Func<T, bool> first,
        Func<T, bool> second,
        Func<T, bool> third,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(first))] string? firstExpression = null,
        [CallerArgumentExpression(nameof(second))] string? secondExpression = null,
        [CallerArgumentExpression(nameof(third))] string? thirdExpression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        var branches = Create(stream, [first, second, third], [firstExpression, secondExpression, thirdExpression], options);
        return (branches[0], branches[1], branches[2], branches[3]);
    }

    /// <summary>Sends each element to the branch of the first predicate that accepts it, else to a branch for the rest.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="predicates">
    /// Whether an element goes to the branch of the same position; one or more, called in their order until one accepts.
    /// </param>
    /// <param name="options">The name, capacity and error policy of the routing node.</param>
    /// <returns>The branches, one for each predicate, and behind them the one for the rest; each element goes to exactly one.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="predicates"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="predicates"/> is empty, or one of them is null.</exception>
    public static IReadOnlyList<Stream<T>> Route<T>(this Stream<T> stream, IReadOnlyList<Func<T, bool>> predicates, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(predicates);
        Func<T, bool>[] cases = [.. predicates];
        if (cases.Length == 0)
        {
            throw new ArgumentException($"Route of '{stream.Node}' got no predicate. Give it one for each branch besides the one for the rest.", nameof(predicates));
        }

        if (Array.IndexOf(cases, null) is var missing and >= 0)
        {
            throw new ArgumentException($"Predicate {missing} of the Route of '{stream.Node}' is null. Give one for each branch.", nameof(predicates));
        }

        return Create(stream, cases, [.. cases.Select((_, number) => string.Create(CultureInfo.InvariantCulture, $"{number + 1}"))], options);
    }

    private static Stream<T>[] Create<T>(Stream<T> stream, Func<T, bool>[] cases, string?[] labels, NodeOptions? options)
    {
        var routed = stream.Then(
            new OperatorNode<T, Routed<T>>("route", () => new RouteStage<T>(cases))
            {
                Details = string.Create(CultureInfo.InvariantCulture, $"to {cases.Length + 1} branches"),
                InputsPerOutput = 1,
            },
            options);
        return
        [
            .. labels.Select((label, branch) => routed.Then(RouteBranchStage<T>.Node("case", branch, DelegateText.Of(label)))),
            routed.Then(RouteBranchStage<T>.Node("otherwise", cases.Length)),
        ];
    }
}

/// <summary>An element and the number of its branch.</summary>
internal readonly record struct Routed<T>(T Value, int Branch);

/// <summary>Finds the branch of each element: the first case that accepts it, or the one behind the last.</summary>
internal sealed class RouteStage<T>(Func<T, bool>[] cases) : Stage<T, Routed<T>>
{
    internal override bool IsForwarding => true;

    public override ValueTask OnElementAsync(Element<T> element)
    {
        var branch = 0;
        while (branch < cases.Length && !cases[branch](element.Value))
        {
            branch++;
        }

        return PushAsync(element.With(new Routed<T>(element.Value, branch)));
    }
}

/// <summary>Lets the elements of one branch through.</summary>
internal sealed class RouteBranchStage<T>(int branch) : Stage<Routed<T>, T>
{
    internal override bool IsForwarding => true;

    public static OperatorNode<Routed<T>, T> Node(string operatorName, int branch, string? details = null) =>
        new(operatorName, () => new RouteBranchStage<T>(branch)) { Details = details };

    public override ValueTask OnElementAsync(Element<Routed<T>> element) =>
        element.Value.Branch == branch ? PushAsync(element.With(element.Value.Value)) : default;
}
