using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>
/// The functions of this library that run on workers, around those of users. They are here and nowhere else, so that a worker can tell them from what must
/// not be called from outside: a cluster may let functions of other places in this assembly be refused.
/// </summary>
internal static class ClusterFunctions
{
    public static Func<T, CancellationToken, ValueTask<TResult>> Of<T, TResult>(Func<T, TResult> map) =>
        (value, _) => new ValueTask<TResult>(map(value));

    public static Func<T, CancellationToken, ValueTask<TResult>> Of<T, TResult>(Func<T, Task<TResult>> map) =>
        (value, _) => new ValueTask<TResult>(DelegateCheck.NotNull(map(value)));

    public static Func<T, CancellationToken, ValueTask<TResult>> Of<T, TResult>(Func<T, ValueTask<TResult>> map) =>
        (value, _) => map(value);

    public static Func<T, CancellationToken, ValueTask<TResult>> Of<T, TResult>(Func<T, CancellationToken, Task<TResult>> map) =>
        (value, cancellation) => new ValueTask<TResult>(DelegateCheck.NotNull(map(value, cancellation)));

    public static Func<(T1, T2), TResult> OfParts<T1, T2, TResult>(Func<T1, T2, TResult> map) =>
        parts => map(parts.Item1, parts.Item2);

    public static Func<(T1, T2, T3), TResult> OfParts<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> map) =>
        parts => map(parts.Item1, parts.Item2, parts.Item3);

    public static Func<(T1, T2, T3, T4), TResult> OfParts<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> map) =>
        parts => map(parts.Item1, parts.Item2, parts.Item3, parts.Item4);

    public static Func<(T1, T2, T3, T4, T5), TResult> OfParts<T1, T2, T3, T4, T5, TResult>(Func<T1, T2, T3, T4, T5, TResult> map) =>
        parts => map(parts.Item1, parts.Item2, parts.Item3, parts.Item4, parts.Item5);

    public static Func<(T1, T2, T3, T4, T5, T6), TResult> OfParts<T1, T2, T3, T4, T5, T6, TResult>(Func<T1, T2, T3, T4, T5, T6, TResult> map) =>
        parts => map(parts.Item1, parts.Item2, parts.Item3, parts.Item4, parts.Item5, parts.Item6);

    public static Func<(T1, T2, T3, T4, T5, T6, T7), TResult> OfParts<T1, T2, T3, T4, T5, T6, T7, TResult>(Func<T1, T2, T3, T4, T5, T6, T7, TResult> map) =>
        parts => map(parts.Item1, parts.Item2, parts.Item3, parts.Item4, parts.Item5, parts.Item6, parts.Item7);

    public static Func<(T1, T2, T3, T4, T5, T6, T7, T8), TResult> OfParts<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> map) =>
        parts => map(parts.Item1, parts.Item2, parts.Item3, parts.Item4, parts.Item5, parts.Item6, parts.Item7, parts.Item8);

    /// <summary>A fold whose first state is the first value: only a worker knows which value is the first good one.</summary>
    public static Func<(bool HasState, T State), T, CancellationToken, ValueTask<((bool HasState, T State) State, T Result)>> FoldFromFirst<T>(Func<T, T, T> accumulate) =>
        (fold, value, _) =>
        {
            var state = fold.HasState ? accumulate(fold.State, value) : value;
            return new ValueTask<((bool HasState, T State) State, T Result)>(((true, state), state));
        };

    public static Func<TState, T, CancellationToken, ValueTask<(TState State, TResult Result)>> Of<TState, T, TResult>(Func<TState, T, (TState State, TResult Result)> accumulate) =>
        (state, value, _) => new ValueTask<(TState State, TResult Result)>(accumulate(state, value));

    public static Func<T, TResult> With<TState, T, TResult>(TState state, Func<TState, T, TResult> map) => value => map(state, value);

    /// <summary>A fold whose state is its result.</summary>
    public static Func<TState, T, CancellationToken, ValueTask<(TState State, TState Result)>> Fold<TState, T>(Func<TState, T, TState> accumulate) =>
        (state, value, _) =>
        {
            var next = accumulate(state, value);
            return new ValueTask<(TState State, TState Result)>((next, next));
        };

    public static ValueTask<TState> StateOf<TState, TResult>((TState State, TResult Result) pair, CancellationToken cancellation) => new(pair.State);

    public static ValueTask<TResult> ResultOf<TState, TResult>((TState State, TResult Result) pair, CancellationToken cancellation) => new(pair.Result);

    /// <summary>Several values as a list.</summary>
    [TakesAll]
    public static ValueTask<IReadOnlyList<T>> Collect<T>(T[] items, CancellationToken cancellation) => new(items);

    /// <summary>One item of a list.</summary>
    [TakesIndex]
    public static ValueTask<T> Item<T>(IReadOnlyList<T> list, int index, CancellationToken cancellation) => new(list[index]);

    public static ValueTask<int> LengthOf<T>(IReadOnlyList<T> list, CancellationToken cancellation) => new(list.Count);

    public static ValueTask<(T1 First, T2 Second)> Pair<T1, T2>(T1 first, T2 second, CancellationToken cancellation) => new((first, second));

    public static ValueTask<(T1 First, T2 Second, T3 Third)> Triple<T1, T2, T3>((T1 First, T2 Second) both, T3 third, CancellationToken cancellation) =>
        new((both.First, both.Second, third));
}

/// <summary>A function of any number of values, which it takes as an array.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TakesAllAttribute : Attribute;

/// <summary>A function of one value and an index, which is no value on the cluster.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TakesIndexAttribute : Attribute;
