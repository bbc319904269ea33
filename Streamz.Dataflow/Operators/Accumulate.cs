using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The accumulate operator: a running fold. <see cref="ScanOperator"/> is its other name.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none; one state. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its
/// input. <b>Faults:</b> an exception of the delegate fails the element, leaves the state unchanged, and meets the node's error policy.
/// The state is new in every run; a seed that is an object is shared by all runs and should not be changed in place.
/// </remarks>
public static partial class AccumulateOperator
{
    /// <summary>Emits the running fold, beginning with the first element, which is emitted as it is.</summary>
    /// <typeparam name="T">The type of the elements and the state.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="accumulate">Makes the new state of the old one and an element.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of states.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="accumulate"/> is null.</exception>
    public static Stream<T> Accumulate<T>(
        this Stream<T> stream,
        Func<T, T, T> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(accumulate);
        return stream.Then(Node(() => new UnseededStage<T>(accumulate), expression), options);
    }

    /// <summary>Emits the running fold, beginning with a seed, which is not emitted itself.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="seed">The first state; may be null.</param>
    /// <param name="accumulate">Makes the new state of the old one and an element. It must not return a task.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of states.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="accumulate"/> is null.</exception>
    public static Stream<TState> Accumulate<T, TState>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, TState> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(accumulate);
        DelegateCheck.RefuseTaskResult<TState>(accumulate, "Accumulate");
        return stream.Then(Node(() => new SeededStage<T, TState>(seed, accumulate), expression), options);
    }

    /// <summary>Keeps a state and emits a result of its own for each element.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="TResult">The type of what goes on.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="seed">The first state; may be null.</param>
    /// <param name="accumulate">Makes the new state, and the result to emit, of the old state and an element.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of results.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="accumulate"/> is null.</exception>
    public static Stream<TResult> Accumulate<T, TState, TResult>(
        this Stream<T> stream,
        TState seed,
        Func<TState, T, (TState State, TResult Result)> accumulate,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(accumulate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(accumulate);
        return stream.Then(Node(() => new ResultStage<T, TState, TResult>(seed, accumulate), expression), options);
    }

    private static OperatorNode<T, TOut> Node<T, TOut>(Func<Stage<T, TOut>> createStage, string? expression) =>
        new("accumulate", createStage) { Kind = NodeKind.Stateful, Details = DelegateText.Of(expression), InputsPerOutput = 1 };

    private sealed class UnseededStage<T>(Func<T, T, T> accumulate) : Stage<T, T>, ISnapshot
    {
        internal override bool IsForwarding => true;

        private bool _hasState;
        private T _state = default!;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            _state = _hasState ? accumulate(_state, element.Value) : element.Value;
            _hasState = true;
            return PushAsync(element.With(_state));
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

    private sealed class SeededStage<T, TState>(TState seed, Func<TState, T, TState> accumulate) : Stage<T, TState>, ISnapshot
    {
        internal override bool IsForwarding => true;

        private TState _state = seed;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            _state = accumulate(_state, element.Value);
            return PushAsync(element.With(_state));
        }

        public void Save(SnapshotWriter snapshot) => snapshot.Write("state", _state);

        public void Restore(SnapshotReader snapshot) => _state = snapshot.Read<TState>("state");
    }

    private sealed class ResultStage<T, TState, TResult>(TState seed, Func<TState, T, (TState State, TResult Result)> accumulate) : Stage<T, TResult>, ISnapshot
    {
        internal override bool IsForwarding => true;

        private TState _state = seed;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            (_state, var result) = accumulate(_state, element.Value);
            return PushAsync(element.With(result));
        }

        public void Save(SnapshotWriter snapshot) => snapshot.Write("state", _state);

        public void Restore(SnapshotReader snapshot) => _state = snapshot.Read<TState>("state");
    }
}
