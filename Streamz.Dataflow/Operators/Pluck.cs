using System.Globalization;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>The pluck operator: takes one member, or several, out of each element.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input. <b>Faults:</b> an
/// element that is null or has no such index or key, and an exception of the delegate, fail the element and meet the node's error policy.
/// </remarks>
public static class PluckOperator
{
    /// <summary>Emits a member of each element.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TMember">The type of the member.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="pick">Finds the member. It must not return a task.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of members.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="pick"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TMember"/> is a task.</exception>
    public static Stream<TMember> Pluck<T, TMember>(
        this Stream<T> stream,
        Func<T, TMember> pick,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(pick))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(pick);
        DelegateCheck.RefuseTaskResult<TMember>(pick, "Pluck");
        return Create(stream, pick, DelegateText.Of(expression), options);
    }

    /// <summary>Emits the item at an index of each element.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="stream">The stream of lists.</param>
    /// <param name="index">The index, counted from zero; not negative.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    public static Stream<T> Pluck<T>(this Stream<IReadOnlyList<T>> stream, int index, NodeOptions? options = null) =>
        AtIndex<IReadOnlyList<T>, T>(stream, index, options);

    /// <inheritdoc cref="Pluck{T}(Stream{IReadOnlyList{T}}, int, NodeOptions?)"/>
    public static Stream<T> Pluck<T>(this Stream<T[]> stream, int index, NodeOptions? options = null) =>
        AtIndex<T[], T>(stream, index, options);

    /// <inheritdoc cref="Pluck{T}(Stream{IReadOnlyList{T}}, int, NodeOptions?)"/>
    public static Stream<T> Pluck<T>(this Stream<List<T>> stream, int index, NodeOptions? options = null) =>
        AtIndex<List<T>, T>(stream, index, options);

    /// <summary>Emits a list of the items at several indexes of each element.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="stream">The stream of lists.</param>
    /// <param name="indexes">The indexes, counted from zero, in the order in which the items are wanted; one or more, not negative.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of lists of items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="indexes"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="indexes"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One of <paramref name="indexes"/> is negative.</exception>
    public static Stream<IReadOnlyList<T>> Pluck<T>(this Stream<IReadOnlyList<T>> stream, IReadOnlyList<int> indexes, NodeOptions? options = null) =>
        AtIndexes<IReadOnlyList<T>, T>(stream, indexes, options);

    /// <inheritdoc cref="Pluck{T}(Stream{IReadOnlyList{T}}, IReadOnlyList{int}, NodeOptions?)"/>
    public static Stream<IReadOnlyList<T>> Pluck<T>(this Stream<T[]> stream, IReadOnlyList<int> indexes, NodeOptions? options = null) =>
        AtIndexes<T[], T>(stream, indexes, options);

    /// <inheritdoc cref="Pluck{T}(Stream{IReadOnlyList{T}}, IReadOnlyList{int}, NodeOptions?)"/>
    public static Stream<IReadOnlyList<T>> Pluck<T>(this Stream<List<T>> stream, IReadOnlyList<int> indexes, NodeOptions? options = null) =>
        AtIndexes<List<T>, T>(stream, indexes, options);

    /// <summary>Emits the value under a key of each element.</summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="stream">The stream of dictionaries.</param>
    /// <param name="key">The key; not null.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="key"/> is null.</exception>
    public static Stream<TValue> Pluck<TKey, TValue>(this Stream<IReadOnlyDictionary<TKey, TValue>> stream, TKey key, NodeOptions? options = null)
        where TKey : notnull
        => AtKey<IReadOnlyDictionary<TKey, TValue>, TKey, TValue>(stream, key, options);

    /// <inheritdoc cref="Pluck{TKey, TValue}(Stream{IReadOnlyDictionary{TKey, TValue}}, TKey, NodeOptions?)"/>
    public static Stream<TValue> Pluck<TKey, TValue>(this Stream<Dictionary<TKey, TValue>> stream, TKey key, NodeOptions? options = null)
        where TKey : notnull
        => AtKey<Dictionary<TKey, TValue>, TKey, TValue>(stream, key, options);

    /// <summary>Emits a list of the values under several keys of each element.</summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="stream">The stream of dictionaries.</param>
    /// <param name="keys">The keys, in the order in which the values are wanted; one or more, none of them null.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of lists of values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/>, <paramref name="keys"/> or one of them is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="keys"/> is empty.</exception>
    public static Stream<IReadOnlyList<TValue>> Pluck<TKey, TValue>(
        this Stream<IReadOnlyDictionary<TKey, TValue>> stream,
        IReadOnlyList<TKey> keys,
        NodeOptions? options = null)
        where TKey : notnull
        => AtKeys<IReadOnlyDictionary<TKey, TValue>, TKey, TValue>(stream, keys, options);

    /// <inheritdoc cref="Pluck{TKey, TValue}(Stream{IReadOnlyDictionary{TKey, TValue}}, IReadOnlyList{TKey}, NodeOptions?)"/>
    public static Stream<IReadOnlyList<TValue>> Pluck<TKey, TValue>(this Stream<Dictionary<TKey, TValue>> stream, IReadOnlyList<TKey> keys, NodeOptions? options = null)
        where TKey : notnull
        => AtKeys<Dictionary<TKey, TValue>, TKey, TValue>(stream, keys, options);

    private static Stream<T> AtIndex<TList, T>(Stream<TList> stream, int index, NodeOptions? options)
        where TList : IReadOnlyList<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Create(stream, list => ItemAt<TList, T>(list, index), Text([index]), options);
    }

    private static Stream<IReadOnlyList<T>> AtIndexes<TList, T>(Stream<TList> stream, IReadOnlyList<int> indexes, NodeOptions? options)
        where TList : IReadOnlyList<T>
    {
        ArgumentNullException.ThrowIfNull(stream);

        // A copy: what the caller does with the list later is no matter of a graph that runs.
        var own = Copy(indexes);
        foreach (var index in own)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(indexes));
        }

        return Create<TList, IReadOnlyList<T>>(stream, list => Array.ConvertAll(own, index => ItemAt<TList, T>(list, index)), $"[{Text(own)}]", options);
    }

    private static Stream<TValue> AtKey<TDictionary, TKey, TValue>(Stream<TDictionary> stream, TKey key, NodeOptions? options)
        where TDictionary : IReadOnlyDictionary<TKey, TValue>
    {
        ArgumentNullException.ThrowIfNull(key);
        return Create(stream, dictionary => dictionary[key], Text([key]), options);
    }

    private static Stream<IReadOnlyList<TValue>> AtKeys<TDictionary, TKey, TValue>(Stream<TDictionary> stream, IReadOnlyList<TKey> keys, NodeOptions? options)
        where TDictionary : IReadOnlyDictionary<TKey, TValue>
    {
        ArgumentNullException.ThrowIfNull(stream);
        var own = Copy(keys);
        foreach (var key in own)
        {
            ArgumentNullException.ThrowIfNull(key, nameof(keys));
        }

        return Create<TDictionary, IReadOnlyList<TValue>>(stream, dictionary => Array.ConvertAll(own, key => dictionary[key]), $"[{Text(own)}]", options);
    }

    private static Stream<TOut> Create<T, TOut>(Stream<T> stream, Func<T, TOut> pick, string? details, NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(new OperatorNode<T, TOut>("pluck", () => new MapStage<T, TOut>(pick)) { Details = details, InputsPerOutput = 1 }, options);
    }

    private static T ItemAt<TList, T>(TList list, int index)
        where TList : IReadOnlyList<T>
        => index < list.Count
            ? list[index]
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"The element has {list.Count} items.");

    private static T[] Copy<T>(IReadOnlyList<T> picks, [CallerArgumentExpression(nameof(picks))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(picks, name);
        return picks.Count > 0 ? [.. picks] : throw new ArgumentException("There is nothing to pluck. Name one or more.", name);
    }

    private static string? Text<T>(T[] picks) => DelegateText.Of(string.Join(", ", picks.Select(pick => string.Create(CultureInfo.InvariantCulture, $"{pick}"))));
}
