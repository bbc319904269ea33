using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>What a zip does with elements that can find no partner any more, because another side has ended.</summary>
public enum ZipLeftovers
{
    /// <summary>They are dropped and counted. The default.</summary>
    Drop,

    /// <summary>The zip fails, and its error policy applies.</summary>
    Fault,
}

/// <summary>The zip operator, for two to eight streams of different types. <see cref="ZipAllOperator"/> is the one for any number of one type.</summary>
/// <remarks>
/// <b>Order:</b> the k-th elements of all sides go on together. <b>Buffering:</b> up to <c>maxSize</c> elements for each side; none for a
/// <see cref="Literal{T}"/>. <b>Back-pressure:</b> a side that is full holds back its upstream until the other sides bring their elements; if that
/// can never be, because they are fed through what it holds back, the pipeline stops with a <see cref="JoinStalledException"/>.
/// <b>Completion:</b> ends when a side has ended and its last element is paired; leftovers of the other sides meet their policy.
/// <b>Faults:</b> has none of its own. A tuple is delivered with all its elements. The sides are fixed.
/// </remarks>
public static class ZipOperator
{
    /// <summary>Pairs the elements of two streams in order.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream; may be the same, or a <see cref="StreamSource.Literal"/>.</param>
    /// <param name="maxSize">How many elements a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to elements without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of pairs.</returns>
    /// <exception cref="ArgumentNullException">One of the streams is null.</exception>
    /// <exception cref="ArgumentException">All streams are literals.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxSize"/> is less than one.</exception>
    public static Stream<(T1 First, T2 Second)> Zip<T1, T2>(
        this Stream<T1> first,
        Stream<T2> second,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second), maxSize, leftovers, options);

    /// <summary>Joins the elements of three streams in order.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="maxSize">How many elements a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to elements without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="Zip{T1, T2}(Stream{T1}, Stream{T2}, int, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third)> Zip<T1, T2, T3>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third), maxSize, leftovers, options);

    /// <summary>Joins the elements of four streams in order.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <typeparam name="T4">The type of the fourth side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="fourth">The fourth stream.</param>
    /// <param name="maxSize">How many elements a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to elements without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="Zip{T1, T2}(Stream{T1}, Stream{T2}, int, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth)> Zip<T1, T2, T3, T4>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth), maxSize, leftovers, options);

    /// <summary>Joins the elements of five streams in order.</summary>
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
    /// <param name="maxSize">How many elements a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to elements without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="Zip{T1, T2}(Stream{T1}, Stream{T2}, int, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth)> Zip<T1, T2, T3, T4, T5>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth), maxSize, leftovers, options);

    /// <summary>Joins the elements of six streams in order.</summary>
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
    /// <param name="maxSize">How many elements a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to elements without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="Zip{T1, T2}(Stream{T1}, Stream{T2}, int, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth)> Zip<T1, T2, T3, T4, T5, T6>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        Stream<T6> sixth,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth, sixth), maxSize, leftovers, options);

    /// <summary>Joins the elements of seven streams in order.</summary>
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
    /// <param name="maxSize">How many elements a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to elements without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="Zip{T1, T2}(Stream{T1}, Stream{T2}, int, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth, T7 Seventh)> Zip<T1, T2, T3, T4, T5, T6, T7>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        Stream<T6> sixth,
        Stream<T7> seventh,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth, sixth, seventh), maxSize, leftovers, options);

    /// <summary>Joins the elements of eight streams in order.</summary>
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
    /// <param name="maxSize">How many elements a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to elements without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of tuples.</returns>
    /// <inheritdoc cref="Zip{T1, T2}(Stream{T1}, Stream{T2}, int, ZipLeftovers, NodeOptions?)" path="/exception"/>
    public static Stream<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth, T7 Seventh, T8 Eighth)> Zip<T1, T2, T3, T4, T5, T6, T7, T8>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        Stream<T4> fourth,
        Stream<T5> fifth,
        Stream<T6> sixth,
        Stream<T7> seventh,
        Stream<T8> eighth,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
        => Create(TupleJoin.Of(first, second, third, fourth, fifth, sixth, seventh, eighth), maxSize, leftovers, options);

    private static Stream<TOut> Create<TOut>(TupleJoin<TOut> join, int maxSize, ZipLeftovers leftovers, NodeOptions? options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSize, 1);
        var node = new JoinNode<TOut>("zip", join.InputTypes, () => new ZipStage<TOut>(join.Bind, _ => false, leftovers == ZipLeftovers.Fault))
        {
            Details = string.Create(CultureInfo.InvariantCulture, $"maxSize={maxSize}"),
            Capacity = maxSize,
            PairsInputs = true,
            InputsPerOutput = 1,
        };
        return join.Put(node, options);
    }
}
