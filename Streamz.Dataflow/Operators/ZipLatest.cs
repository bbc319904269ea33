using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The zip latest operator, for two to eight streams: every element of the lossless sides, each with the newest of the other sides.</summary>
/// <remarks>
/// <b>Order:</b> that of the lossless sides; several are paired with one another as by <see cref="ZipOperator"/>. <b>Buffering:</b> up to <c>maxSize</c>
/// elements for each lossless side, until every other side has a value; one value for each other side. <b>Back-pressure:</b> a lossless side
/// that is full holds back its upstream; if that can never end, the pipeline stops with a <see cref="JoinStalledException"/>. The other
/// sides never fill: a value that nobody has used is replaced. <b>Completion:</b> ends when a lossless side has ended and its last
/// element is emitted, or when another side has ended without ever having a value; leftovers meet their policy. <b>Faults:</b> has none of
/// its own. An element of a lossless side is delivered when it was emitted; one of another side at once, but it stays retained until it is replaced.
/// </remarks>
public static class ZipLatestOperator
{
    /// <summary>Pairs every element of the lossless side with the newest of the other.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <param name="first">The first stream. It is the lossless one, unless <paramref name="lossless"/> says otherwise.</param>
    /// <param name="second">The second stream; may be a <see cref="StreamSource.Literal"/>.</param>
    /// <param name="maxSize">How many elements a lossless side may hold; one or more. The default is 10.</param>
    /// <param name="lossless">The streams that lose no element. The default is null: the first only.</param>
    /// <param name="leftovers">
    /// What happens to elements of lossless sides that can never be emitted. The default is <see cref="ZipLeftovers.Drop"/>.
    /// </param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of pairs.</returns>
    /// <exception cref="ArgumentNullException">One of the streams is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="lossless"/> is empty, or names a stream that is no side of the join.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxSize"/> is less than one.</exception>
    public static Stream<(T1 First, T2 Second)> ZipLatest<T1, T2>(
        this Stream<T1> first,
        Stream<T2> second,
        int maxSize = 10,
        IReadOnlyList<IStream>? lossless = null,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second), lossless ?? [first], maxSize, leftovers, options);

    /// <summary>Joins every element of the lossless sides, of three, with the newest of the others.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="maxSize">How many elements a lossless side may hold; one or more. The default is 10.</param>
    /// <param name="lossless">The streams that lose no element. The default is null: the first only.</param>
    /// <param name="leftovers">What happens to elements of lossless sides that can never be emitted. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="ZipLatest{T1, T2}(Stream{T1}, Stream{T2}, int, IReadOnlyList{IStream}?, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third)> ZipLatest<T1, T2, T3>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        int maxSize = 10,
        IReadOnlyList<IStream>? lossless = null,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third), lossless ?? [first], maxSize, leftovers, options);

    /// <summary>Joins every element of the lossless sides, of four, with the newest of the others.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <typeparam name="T4">The type of the fourth side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="fourth">The fourth stream.</param>
    /// <param name="maxSize">How many elements a lossless side may hold; one or more. The default is 10.</param>
    /// <param name="lossless">The streams that lose no element. The default is null: the first only.</param>
    /// <param name="leftovers">What happens to elements of lossless sides that can never be emitted. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="ZipLatest{T1, T2}(Stream{T1}, Stream{T2}, int, IReadOnlyList{IStream}?, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth)> ZipLatest<T1, T2, T3, T4>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        int maxSize = 10,
        IReadOnlyList<IStream>? lossless = null,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth), lossless ?? [first], maxSize, leftovers, options);

    /// <summary>Joins every element of the lossless sides, of five, with the newest of the others.</summary>
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
    /// <param name="maxSize">How many elements a lossless side may hold; one or more. The default is 10.</param>
    /// <param name="lossless">The streams that lose no element. The default is null: the first only.</param>
    /// <param name="leftovers">What happens to elements of lossless sides that can never be emitted. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="ZipLatest{T1, T2}(Stream{T1}, Stream{T2}, int, IReadOnlyList{IStream}?, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth)> ZipLatest<T1, T2, T3, T4, T5>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        int maxSize = 10,
        IReadOnlyList<IStream>? lossless = null,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth), lossless ?? [first], maxSize, leftovers, options);

    /// <summary>Joins every element of the lossless sides, of six, with the newest of the others.</summary>
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
    /// <param name="maxSize">How many elements a lossless side may hold; one or more. The default is 10.</param>
    /// <param name="lossless">The streams that lose no element. The default is null: the first only.</param>
    /// <param name="leftovers">What happens to elements of lossless sides that can never be emitted. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="ZipLatest{T1, T2}(Stream{T1}, Stream{T2}, int, IReadOnlyList{IStream}?, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth)> ZipLatest<T1, T2, T3, T4, T5, T6>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        Stream<T6> sixth,
        int maxSize = 10,
        IReadOnlyList<IStream>? lossless = null,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth, sixth), lossless ?? [first], maxSize, leftovers, options);

    /// <summary>Joins every element of the lossless sides, of seven, with the newest of the others.</summary>
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
    /// <param name="maxSize">How many elements a lossless side may hold; one or more. The default is 10.</param>
    /// <param name="lossless">The streams that lose no element. The default is null: the first only.</param>
    /// <param name="leftovers">What happens to elements of lossless sides that can never be emitted. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="ZipLatest{T1, T2}(Stream{T1}, Stream{T2}, int, IReadOnlyList{IStream}?, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth, T7 Seventh)> ZipLatest<T1, T2, T3, T4, T5, T6, T7>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        Stream<T6> sixth,
        Stream<T7> seventh,
        int maxSize = 10,
        IReadOnlyList<IStream>? lossless = null,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth, sixth, seventh), lossless ?? [first], maxSize, leftovers, options);

    /// <summary>Joins every element of the lossless sides, of eight, with the newest of the others.</summary>
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
    /// <param name="maxSize">How many elements a lossless side may hold; one or more. The default is 10.</param>
    /// <param name="lossless">The streams that lose no element. The default is null: the first only.</param>
    /// <param name="leftovers">What happens to elements of lossless sides that can never be emitted. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="ZipLatest{T1, T2}(Stream{T1}, Stream{T2}, int, IReadOnlyList{IStream}?, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth, T7 Seventh, T8 Eighth)> ZipLatest<T1, T2, T3, T4, T5, T6, T7, T8>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        Stream<T6> sixth,
        Stream<T7> seventh,
        Stream<T8> eighth,
        int maxSize = 10,
        IReadOnlyList<IStream>? lossless = null,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth, sixth, seventh, eighth), lossless ?? [first], maxSize, leftovers, options);

    private static Stream<TOut> Create<TOut>(
        TupleJoin<TOut> join, IReadOnlyList<IStream> lossless, int maxSize, ZipLeftovers leftovers, NodeOptions? options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSize, 1);
        var inputs = join.InputsOf(lossless, nameof(lossless));
        var latest = Enumerable.Range(0, join.InputCount).Except(inputs).ToHashSet();
        var node = new JoinNode<TOut>("zip_latest", join.InputTypes, () => new ZipStage<TOut>(join.Bind, latest.Contains, leftovers == ZipLeftovers.Fault))
        {
            Details = string.Create(CultureInfo.InvariantCulture, $"maxSize={maxSize}"),
            Capacity = maxSize,
            PairsInputs = true,
            LatestInputs = latest,
        };
        return join.Put(node, options);
    }
}
