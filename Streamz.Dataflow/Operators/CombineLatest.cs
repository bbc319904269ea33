using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>
/// The combine latest operator, for two to eight streams of different types. <see cref="CombineLatestAllOperator"/> is the one for any number of
/// one type.
/// </summary>
/// <remarks>
/// <b>Order:</b> arrival. <b>Buffering:</b> one value for each side. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends when all sides that it
/// emits on have ended, or when a side has ended without ever having a value. <b>Faults:</b> has none of its own. A value is delivered
/// with the tuple that it brought about, but stays retained until it is replaced. If one stream feeds two sides, each of its elements
/// makes two tuples, the first of which holds an old value of the other side.
/// </remarks>
public static class CombineLatestOperator
{
    /// <summary>Emits the newest values of both streams, once both have one, whenever one of them changes.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream; may be a <see cref="StreamSource.Literal"/>.</param>
    /// <param name="emitOn">The streams whose elements make an output; those of the others are only remembered. The default is null: all.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of pairs.</returns>
    /// <exception cref="ArgumentNullException">One of the streams is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="emitOn"/> is empty, or names a stream that is no side of the join.</exception>
    public static Stream<(T1 First, T2 Second)> CombineLatest<T1, T2>(
        this Stream<T1> first,
        Stream<T2> second,
        IReadOnlyList<IStream>? emitOn = null,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second), emitOn, options);

    /// <summary>Emits the newest values of three streams, once all have one, whenever one of them changes.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="emitOn">The streams whose elements make an output; those of the others are only remembered. The default is null: all.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="CombineLatest{T1, T2}(Stream{T1}, Stream{T2}, IReadOnlyList{IStream}?, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third)> CombineLatest<T1, T2, T3>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        IReadOnlyList<IStream>? emitOn = null,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third), emitOn, options);

    /// <summary>Emits the newest values of four streams, once all have one, whenever one of them changes.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <typeparam name="T4">The type of the fourth side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="fourth">The fourth stream.</param>
    /// <param name="emitOn">The streams whose elements make an output; those of the others are only remembered. The default is null: all.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="CombineLatest{T1, T2}(Stream{T1}, Stream{T2}, IReadOnlyList{IStream}?, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth)> CombineLatest<T1, T2, T3, T4>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        IReadOnlyList<IStream>? emitOn = null,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth), emitOn, options);

    /// <summary>Emits the newest values of five streams, once all have one, whenever one of them changes.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <typeparam name="T4">The type of the fourth side.</typeparam>
    /// <typeparam name="T5">The type of the fifth side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="fourth">The fourth stream.</param>
    /// <param name="fifth">The fifth stream.</param>
    /// <param name="emitOn">The streams whose elements make an output; those of the others are only remembered. The default is null: all.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="CombineLatest{T1, T2}(Stream{T1}, Stream{T2}, IReadOnlyList{IStream}?, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth)> CombineLatest<T1, T2, T3, T4, T5>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        IReadOnlyList<IStream>? emitOn = null,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth), emitOn, options);

    /// <summary>Emits the newest values of six streams, once all have one, whenever one of them changes.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <typeparam name="T4">The type of the fourth side.</typeparam>
    /// <typeparam name="T5">The type of the fifth side.</typeparam>
    /// <typeparam name="T6">The type of the sixth side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="fourth">The fourth stream.</param>
    /// <param name="fifth">The fifth stream.</param>
    /// <param name="sixth">The sixth stream.</param>
    /// <param name="emitOn">The streams whose elements make an output; those of the others are only remembered. The default is null: all.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="CombineLatest{T1, T2}(Stream{T1}, Stream{T2}, IReadOnlyList{IStream}?, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth)> CombineLatest<T1, T2, T3, T4, T5, T6>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        Stream<T6> sixth,
        IReadOnlyList<IStream>? emitOn = null,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth, sixth), emitOn, options);

    /// <summary>Emits the newest values of seven streams, once all have one, whenever one of them changes.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <typeparam name="T4">The type of the fourth side.</typeparam>
    /// <typeparam name="T5">The type of the fifth side.</typeparam>
    /// <typeparam name="T6">The type of the sixth side.</typeparam>
    /// <typeparam name="T7">The type of the seventh side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="fourth">The fourth stream.</param>
    /// <param name="fifth">The fifth stream.</param>
    /// <param name="sixth">The sixth stream.</param>
    /// <param name="seventh">The seventh stream.</param>
    /// <param name="emitOn">The streams whose elements make an output; those of the others are only remembered. The default is null: all.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="CombineLatest{T1, T2}(Stream{T1}, Stream{T2}, IReadOnlyList{IStream}?, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth, T7 Seventh)> CombineLatest<T1, T2, T3, T4, T5, T6, T7>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        Stream<T6> sixth,
        Stream<T7> seventh,
        IReadOnlyList<IStream>? emitOn = null,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth, sixth, seventh), emitOn, options);

    /// <summary>Emits the newest values of eight streams, once all have one, whenever one of them changes.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <typeparam name="T4">The type of the fourth side.</typeparam>
    /// <typeparam name="T5">The type of the fifth side.</typeparam>
    /// <typeparam name="T6">The type of the sixth side.</typeparam>
    /// <typeparam name="T7">The type of the seventh side.</typeparam>
    /// <typeparam name="T8">The type of the eighth side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="fourth">The fourth stream.</param>
    /// <param name="fifth">The fifth stream.</param>
    /// <param name="sixth">The sixth stream.</param>
    /// <param name="seventh">The seventh stream.</param>
    /// <param name="eighth">The eighth stream.</param>
    /// <param name="emitOn">The streams whose elements make an output; those of the others are only remembered. The default is null: all.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="CombineLatest{T1, T2}(Stream{T1}, Stream{T2}, IReadOnlyList{IStream}?, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth, T7 Seventh, T8 Eighth)> CombineLatest<T1, T2, T3, T4, T5, T6, T7, T8>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        Stream<T6> sixth,
        Stream<T7> seventh,
        Stream<T8> eighth,
        IReadOnlyList<IStream>? emitOn = null,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth, sixth, seventh, eighth), emitOn, options);

    private static Stream<TOut> Create<TOut>(TupleJoin<TOut> join, IReadOnlyList<IStream>? emitOn, NodeOptions? options)
    {
        var emitting = emitOn is null ? null : join.InputsOf(emitOn, nameof(emitOn));
        var node = new JoinNode<TOut>("combine_latest", join.InputTypes, () => new CombineLatestStage<TOut>(join.Bind, input => emitting?.Contains(input) != false))
        {
            IsBoundary = true,
        };
        return join.Put(node, options);
    }
}
