using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

// The asynchronous folds: one element at a time, so that each sees the state that the one before has left.
public static partial class AccumulateOperator
{
    /// <summary>Emits the running fold, beginning with the first element, which is emitted as it is; the fold is asynchronous.</summary>
    /// <inheritdoc cref="Accumulate{T}(Stream{T}, Func{T, T, T}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    [OverloadResolutionPriority(1)]
    public static Stream<T> Accumulate<T>(
        this Stream<T> stream,
        Func<T, T, Task<T>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateUnseeded(stream, (state, value, _) => new ValueTask<T>(DelegateCheck.NotNull(accumulate(state, value))), takesToken: false, options, expression);
    }

    /// <inheritdoc cref="Accumulate{T}(Stream{T}, Func{T, T, Task{T}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<T> Accumulate<T>(
        this Stream<T> stream,
        Func<T, T, ValueTask<T>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateUnseeded(stream, (state, value, _) => accumulate(state, value), takesToken: false, options, expression);
    }

    /// <summary>Emits the running fold, beginning with the first element, which is emitted as it is; the fold is asynchronous, with a token that is cancelled when the pipeline is aborted.</summary>
    /// <inheritdoc cref="Accumulate{T}(Stream{T}, Func{T, T, T}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    [OverloadResolutionPriority(1)]
    public static Stream<T> Accumulate<T>(
        this Stream<T> stream,
        Func<T, T, CancellationToken, Task<T>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateUnseeded(stream, (state, value, aborted) => new ValueTask<T>(DelegateCheck.NotNull(accumulate(state, value, aborted))), takesToken: true, options, expression);
    }

    /// <inheritdoc cref="Accumulate{T}(Stream{T}, Func{T, T, CancellationToken, Task{T}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<T> Accumulate<T>(
        this Stream<T> stream,
        Func<T, T, CancellationToken, ValueTask<T>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateUnseeded(stream, accumulate, takesToken: true, options, expression);
    }

    /// <summary>Emits the running fold, beginning with a seed, which is not emitted itself; the fold is asynchronous.</summary>
    /// <inheritdoc cref="Accumulate{T, TState}(Stream{T}, TState, Func{TState, T, TState}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    [OverloadResolutionPriority(1)]
    public static Stream<TState> Accumulate<T, TState>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, Task<TState>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateSeeded(stream, seed, (state, value, _) => new ValueTask<TState>(DelegateCheck.NotNull(accumulate(state, value))), takesToken: false, options, expression);
    }

    /// <inheritdoc cref="Accumulate{T, TState}(Stream{T}, TState, Func{TState, T, Task{TState}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<TState> Accumulate<T, TState>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, ValueTask<TState>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateSeeded(stream, seed, (state, value, _) => accumulate(state, value), takesToken: false, options, expression);
    }

    /// <summary>Emits the running fold, beginning with a seed, which is not emitted itself; the fold is asynchronous, with a token that is cancelled when the pipeline is aborted.</summary>
    /// <inheritdoc cref="Accumulate{T, TState}(Stream{T}, TState, Func{TState, T, TState}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    [OverloadResolutionPriority(1)]
    public static Stream<TState> Accumulate<T, TState>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, Task<TState>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateSeeded(stream, seed, (state, value, aborted) => new ValueTask<TState>(DelegateCheck.NotNull(accumulate(state, value, aborted))), takesToken: true, options, expression);
    }

    /// <inheritdoc cref="Accumulate{T, TState}(Stream{T}, TState, Func{TState, T, CancellationToken, Task{TState}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<TState> Accumulate<T, TState>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, ValueTask<TState>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateSeeded(stream, seed, accumulate, takesToken: true, options, expression);
    }

    /// <summary>Keeps a state and emits a result of its own for each element; the fold is asynchronous.</summary>
    /// <inheritdoc cref="Accumulate{T, TState, TResult}(Stream{T}, TState, Func{TState, T, ValueTuple{TState, TResult}}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    [OverloadResolutionPriority(1)]
    public static Stream<TResult> Accumulate<T, TState, TResult>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, Task<(TState State, TResult Result)>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateWithResult(stream, seed, (state, value, _) => new ValueTask<(TState State, TResult Result)>(DelegateCheck.NotNull(accumulate(state, value))), takesToken: false, options, expression);
    }

    /// <inheritdoc cref="Accumulate{T, TState, TResult}(Stream{T}, TState, Func{TState, T, Task{ValueTuple{TState, TResult}}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<TResult> Accumulate<T, TState, TResult>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, ValueTask<(TState State, TResult Result)>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateWithResult(stream, seed, (state, value, _) => accumulate(state, value), takesToken: false, options, expression);
    }

    /// <summary>Keeps a state and emits a result of its own for each element; the fold is asynchronous, with a token that is cancelled when the pipeline is aborted.</summary>
    /// <inheritdoc cref="Accumulate{T, TState, TResult}(Stream{T}, TState, Func{TState, T, ValueTuple{TState, TResult}}, NodeOptions?, string?)" path="/typeparam|/param|/returns|/exception"/>
    [OverloadResolutionPriority(1)]
    public static Stream<TResult> Accumulate<T, TState, TResult>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, Task<(TState State, TResult Result)>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateWithResult(stream, seed, (state, value, aborted) => new ValueTask<(TState State, TResult Result)>(DelegateCheck.NotNull(accumulate(state, value, aborted))), takesToken: true, options, expression);
    }

    /// <inheritdoc cref="Accumulate{T, TState, TResult}(Stream{T}, TState, Func{TState, T, CancellationToken, Task{ValueTuple{TState, TResult}}}, NodeOptions?, string?)"/>
    [OverloadResolutionPriority(2)]
    public static Stream<TResult> Accumulate<T, TState, TResult>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, ValueTask<(TState State, TResult Result)>> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulate);
        return CreateWithResult(stream, seed, accumulate, takesToken: true, options, expression);
    }

    private static Stream<T> CreateUnseeded<T>(
        Stream<T> stream,
        Func<T, T, CancellationToken, ValueTask<T>> accumulate,
        bool takesToken,
        NodeOptions? options,
        string? expression) =>
        Create(stream, () => new UnseededAsyncStage<T>(accumulate), takesToken, options, expression);

    private static Stream<TState> CreateSeeded<T, TState>(
        Stream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, ValueTask<TState>> accumulate,
        bool takesToken,
        NodeOptions? options,
        string? expression) =>
        Create(stream, () => new SeededAsyncStage<T, TState>(seed, accumulate), takesToken, options, expression);

    private static Stream<TResult> CreateWithResult<T, TState, TResult>(
        Stream<T> stream,
        TState seed,
        Func<TState, T, CancellationToken, ValueTask<(TState State, TResult Result)>> accumulate,
        bool takesToken,
        NodeOptions? options,
        string? expression) =>
        Create(stream, () => new ResultAsyncStage<T, TState, TResult>(seed, accumulate), takesToken, options, expression);

    private static Stream<TOut> Create<T, TOut>(
        Stream<T> stream, Func<Stage<T, TOut>> createStage, bool takesToken, NodeOptions? options, string? expression)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(
            new OperatorNode<T, TOut>("accumulate", createStage)
            {
                Kind = NodeKind.Stateful,
                Details = DelegateText.Of(expression),
                InputsPerOutput = 1,
                MayWait = true,
                AcceptsTimeout = takesToken,
            },
            options);
    }

    private abstract class AsyncStage<T, TStep, TOut> : Stage<T, TOut>
    {
        public sealed override ValueTask OnElementAsync(Element<T> element)
        {
            var pending = StepAsync(element.Value);
            return pending.IsCompletedSuccessfully ? PushAsync(element.With(Take(pending.Result))) : FinishAsync(element, pending);
        }

        /// <summary>Begins to make the next state, and leaves the present one alone.</summary>
        protected abstract ValueTask<TStep> StepAsync(T value);

        /// <summary>Takes over the next state, once nothing can fail any more.</summary>
        /// <returns>What goes on.</returns>
        protected abstract TOut Take(TStep step);

        private async ValueTask FinishAsync(Element<T> element, ValueTask<TStep> pending) =>
            await PushAsync(element.With(Take(await Context.AwaitAsync(pending).ConfigureAwait(true)))).ConfigureAwait(true);
    }

    private sealed class UnseededAsyncStage<T>(Func<T, T, CancellationToken, ValueTask<T>> accumulate) : AsyncStage<T, T, T>, ISnapshot
    {
        private bool _hasState;
        private T _state = default!;

        protected override ValueTask<T> StepAsync(T value) => _hasState ? accumulate(_state, value, Context.BeginCall()) : new(value);

        protected override T Take(T step)
        {
            (_hasState, _state) = (true, step);
            return step;
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_hasState)
            {
                snapshot.Write("state", _state);
            }
        }

        public void Restore(SnapshotReader snapshot) => (_hasState, _state) = (true, snapshot.Read<T>("state"));
    }

    private sealed class SeededAsyncStage<T, TState>(TState seed, Func<TState, T, CancellationToken, ValueTask<TState>> accumulate)
        : AsyncStage<T, TState, TState>, ISnapshot
    {
        private TState _state = seed;

        protected override ValueTask<TState> StepAsync(T value) => accumulate(_state, value, Context.BeginCall());

        protected override TState Take(TState step) => _state = step;

        public void Save(SnapshotWriter snapshot) => snapshot.Write("state", _state);

        public void Restore(SnapshotReader snapshot) => _state = snapshot.Read<TState>("state");
    }

    private sealed class ResultAsyncStage<T, TState, TResult>(
        TState seed,
        Func<TState, T, CancellationToken, ValueTask<(TState State, TResult Result)>> accumulate)
        : AsyncStage<T, (TState State, TResult Result), TResult>, ISnapshot
    {
        private TState _state = seed;

        protected override ValueTask<(TState State, TResult Result)> StepAsync(T value) => accumulate(_state, value, Context.BeginCall());

        protected override TResult Take((TState State, TResult Result) step)
        {
            _state = step.State;
            return step.Result;
        }

        public void Save(SnapshotWriter snapshot) => snapshot.Write("state", _state);

        public void Restore(SnapshotReader snapshot) => _state = snapshot.Read<TState>("state");
    }
}
