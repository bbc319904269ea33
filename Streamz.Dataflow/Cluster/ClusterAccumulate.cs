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
    private const int DefaultSaveEvery = 1_000;

    /// <summary>Emits the running fold, beginning with the first value, which is emitted as it is.</summary>
    /// <typeparam name="T">The type of the values and the state.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="accumulate">Makes the new state of the old one and a value.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="saveEvery">
    /// After how many values a copy of the state is kept outside the workers; one or more. The default is 1,000. A cluster that loses a worker folds again
    /// what came after the last copy, whose values are kept until the next one.
    /// </param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of states, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="accumulate"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="saveEvery"/> is less than one.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is a task.</exception>
    public static ClusterStream<T> Accumulate<T>(
        this ClusterStream<T> stream,
        Func<T, T, T> accumulate,
        NodeOptions? options = null,
        int saveEvery = DefaultSaveEvery,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(accumulate);
        DelegateCheck.RefuseTaskResult<T>(accumulate, "Accumulate");

        return Create(
            stream,
            (HasState: false, State: default(T)!),
            ClusterFunctions.FoldFromFirst(accumulate),
            saveEvery,
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
    /// <param name="saveEvery">
    /// After how many values a copy of the state is kept outside the workers; one or more. The default is 1,000. A cluster that loses a worker folds again
    /// what came after the last copy, whose values are kept until the next one.
    /// </param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of states, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="accumulate"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="saveEvery"/> is less than one.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TState"/> is a task.</exception>
    public static ClusterStream<TState> Accumulate<T, TState>(
        this ClusterStream<T> stream,
        TState seed,
        Func<TState, T, TState> accumulate,
        NodeOptions? options = null,
        int saveEvery = DefaultSaveEvery,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(accumulate);
        DelegateCheck.RefuseTaskResult<TState>(accumulate, "Accumulate");
        return Create(
            stream,
            seed,
            ClusterFunctions.Fold(accumulate),
            saveEvery,
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
    /// <param name="saveEvery">
    /// After how many values a copy of the state is kept outside the workers; one or more. The default is 1,000. A cluster that loses a worker folds again
    /// what came after the last copy, whose values are kept until the next one.
    /// </param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="accumulate"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="saveEvery"/> is less than one.</exception>
    public static ClusterStream<TResult> Accumulate<T, TState, TResult>(
        this ClusterStream<T> stream,
        TState seed,
        Func<TState, T, (TState State, TResult Result)> accumulate,
        NodeOptions? options = null,
        int saveEvery = DefaultSaveEvery,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(accumulate);
        return Create(stream, seed, ClusterFunctions.Of(accumulate), saveEvery, options, expression);
    }

    private static ClusterStream<TResult> Create<T, TState, TResult>(
        ClusterStream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, ValueTask<(TState State, TResult Result)>> accumulate,
        int saveEvery,
        NodeOptions? options,
        string? expression)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(saveEvery, 1);
        var cluster = stream.Cluster;
        var details = DelegateText.Of(expression);
        var fold = new Fold<T, TState, TResult>(cluster, options?.Name ?? $"accumulate {details}", accumulate);
        return stream.Then(
            ahead => new OperatorNode<ClusterValue<T>, ClusterValue<TResult>>("accumulate", () => new AccumulateStage<T, TState, TResult>(cluster, ahead, seed, fold, saveEvery))
            {
                Kind = NodeKind.Stateful,
                Details = details,
                MayWait = true,
                InputsPerOutput = 1,
                Objection = () => cluster.Objection(typeof(TState)) ?? cluster.Objection(typeof(TResult)),
            },
            options);
    }

    /// <summary>The functions of a fold.</summary>
    private sealed class Fold<T, TState, TResult>
    {
        public Fold(ICluster cluster, string name, Func<TState, T, CancellationToken, ValueTask<(TState State, TResult Result)>> accumulate)
        {
            Next = new ClusterFunction<TState, T, (TState State, TResult Result)>(name, accumulate);
            cluster.Prepare(Next);
            cluster.Prepare(StateOf);
            cluster.Prepare(ResultOf);
        }

        public ClusterFunction<TState, T, (TState State, TResult Result)> Next { get; }

        public ClusterFunction<(TState State, TResult Result), TState> StateOf { get; } = new("state", ClusterFunctions.StateOf);

        public ClusterFunction<(TState State, TResult Result), TResult> ResultOf { get; } = new("result", ClusterFunctions.ResultOf);
    }

    private sealed class AccumulateStage<T, TState, TResult>(ICluster cluster, AskAhead ahead, TState seed, Fold<T, TState, TResult> fold, int saveEvery)
        : LeasingStage<ClusterValue<T>, TResult>
    {
        private ClusterValue<TState>? _state;
        private int _unsaved;

        public override async ValueTask OnElementAsync(Element<ClusterValue<T>> element)
        {
            if (_state is null)
            {
                var state = cluster is IClusterStates states ? states.ScatterStateAsync(seed, Context.Aborted) : cluster.ScatterAsync(seed, Context.Aborted);
                _state = await Context.AwaitAsync(state).ConfigureAwait(true);
                _ = ReleaseAtEndAsync();
            }

            var next = cluster.Submit(fold.Next, _state, element.Value, Context.Aborted);
            var result = ahead.For(cluster.Submit(fold.ResultOf, next, Context.Aborted));
            Advance(next);
            await PushAsync(element, result, element.Value.Lease).ConfigureAwait(true);
        }

        private void Advance(ClusterValue<(TState State, TResult Result)> next)
        {
            var (before, wanted) = (_state!, cluster.Submit(fold.StateOf, next, Context.Aborted));
            _state = cluster.OrElse(wanted, before);
            if (++_unsaved == saveEvery)
            {
                _unsaved = 0;
                cluster.Save(_state);
            }

            next.Release();
            wanted.Release();
            if (_state != before)
            {
                before.Release();
            }
        }

        private async Task ReleaseAtEndAsync()
        {
            await Context.PipelineCompletion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _state!.Release();
        }
    }
}
