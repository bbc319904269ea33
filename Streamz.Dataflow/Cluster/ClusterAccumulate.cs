using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The accumulate operator on a cluster: a running fold whose state stays there.</summary>
/// <remarks>
/// <b>Order:</b> kept: each fold waits for the one before. <b>Buffering:</b> none; one state. <b>Back-pressure:</b> none of its own: what bounds the folds that are
/// to come is the Buffer in front of Gather. <b>Completion:</b> ends with its input. <b>Faults:</b> show at Gather; a fold that fails, or whose value has failed, leaves
/// the state unchanged, so that the next one goes on from there. The state is new in every run.
/// </remarks>
public static class ClusterAccumulateOperator
{
    /// <summary>Emits the running fold, beginning with the first value, which is emitted as it is.</summary>
    /// <typeparam name="T">The type of the values and the state.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="accumulate">Makes the new state of the old one and a value.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of states, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="accumulate"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is a task.</exception>
    public static ClusterStream<T> Accumulate<T>(
        this ClusterStream<T> stream,
        Func<T, T, T> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(accumulate);
        DelegateCheck.RefuseTaskResult<T>(accumulate, "Accumulate");

        // The first value may have failed: only a worker knows which value is the first good one.
        return Create(
            stream,
            (HasState: false, State: default(T)!),
            (fold, value) =>
            {
                var state = fold.HasState ? accumulate(fold.State, value) : value;
                return ((HasState: true, State: state), state);
            },
            options,
            expression);
    }

    /// <summary>Emits the running fold, beginning with a seed, which is not emitted itself.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="seed">The first state; may be null. It travels to the cluster.</param>
    /// <param name="accumulate">Makes the new state of the old one and a value. It must not return a task.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of states, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="accumulate"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TState"/> is a task.</exception>
    public static ClusterStream<TState> Accumulate<T, TState>(
        this ClusterStream<T> stream,
        TState seed,
        Func<TState, T, TState> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(accumulate);
        DelegateCheck.RefuseTaskResult<TState>(accumulate, "Accumulate");
        return Create(
            stream,
            seed,
            (state, value) =>
            {
                var next = accumulate(state, value);
                return (next, next);
            },
            options,
            expression);
    }

    /// <summary>Keeps a state on the cluster and emits a result of its own for each value.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="seed">The first state; may be null. It travels to the cluster.</param>
    /// <param name="accumulate">Makes the new state, and the result to emit, of the old state and a value.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="accumulate"/> is null.</exception>
    public static ClusterStream<TResult> Accumulate<T, TState, TResult>(
        this ClusterStream<T> stream,
        TState seed,
        Func<TState, T, (TState State, TResult Result)> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(accumulate);
        return Create(stream, seed, accumulate, options, expression);
    }

    private static ClusterStream<TResult> Create<T, TState, TResult>(
        ClusterStream<T> stream,
        TState seed,
        Func<TState, T, (TState State, TResult Result)> accumulate,
        NodeOptions? options,
        string? expression)
    {
        var cluster = stream.Cluster;
        var details = DelegateText.Of(expression);
        var function = new ClusterFunction<TState, T, (TState State, TResult Result)>(
            options?.Name ?? $"accumulate {details}",
            (state, value, _) => new ValueTask<(TState State, TResult Result)>(accumulate(state, value)));
        return stream.Then(
            new OperatorNode<ClusterValue<T>, ClusterValue<TResult>>("accumulate", () => new AccumulateStage<T, TState, TResult>(cluster, seed, function))
            {
                Kind = NodeKind.Stateful,
                Details = details,
                MayWait = true,
                InputsPerOutput = 1,
            },
            options);
    }

    private sealed class AccumulateStage<T, TState, TResult>(
        ICluster cluster,
        TState seed,
        ClusterFunction<TState, T, (TState State, TResult Result)> function) : Stage<ClusterValue<T>, ClusterValue<TResult>>
    {
        private static readonly ClusterFunction<(TState State, TResult Result), TState> s_stateOf = new("state", static (pair, _) => new ValueTask<TState>(pair.State));
        private static readonly ClusterFunction<(TState State, TResult Result), TResult> s_resultOf = new("result", static (pair, _) => new ValueTask<TResult>(pair.Result));

        private ClusterValue<TState>? _state;

        public override async ValueTask OnElementAsync(Element<ClusterValue<T>> element)
        {
            _state ??= await Context.AwaitAsync(cluster.ScatterAsync(seed, Context.Aborted)).ConfigureAwait(true);
            var next = cluster.Submit(function, _state, element.Value, Context.Aborted);
            _state = cluster.OrElse(cluster.Submit(s_stateOf, next, Context.Aborted), _state);
            await PushAsync(element.With(cluster.Submit(s_resultOf, next, Context.Aborted))).ConfigureAwait(true);
        }
    }
}
