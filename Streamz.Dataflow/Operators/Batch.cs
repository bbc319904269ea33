using System.Globalization;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The batch operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the elements of one batch. <b>Back-pressure:</b> while a batch is being pushed on, upstream waits.
/// <b>Completion:</b> the batch that is not full is emitted when the input ends. <b>Faults:</b> an exception of the weight, or one below
/// zero, fails the element and meets the node's error policy. The elements of a batch are delivered with it; without an age, a batch that
/// never fills up keeps them from being delivered until the end.
/// </remarks>
public static class BatchOperator
{
    /// <summary>Emits lists of elements, each when it is full or when its time is up.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="maxCount">How many elements make a batch full; one or more.</param>
    /// <param name="maxAge">
    /// The age of its first element at which a batch is emitted as it is; more than zero. The default is null: it waits until it is full.
    /// </param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of batches, none of them empty.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxCount"/> is less than one, or <paramref name="maxAge"/> is not more than zero.</exception>
    public static Stream<IReadOnlyList<T>> Batch<T>(this Stream<T> stream, int maxCount, TimeSpan? maxAge = null, NodeOptions? options = null) =>
        Create(stream, maxCount, long.MaxValue, null, maxAge, null, options);

    /// <summary>Emits lists of elements, each when it is full or heavy enough, or when its time is up.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="maxCount">How many elements make a batch full; one or more.</param>
    /// <param name="maxWeight">
    /// What the elements of a batch weigh together at most; one or more, in the unit of <paramref name="weight"/>. An element that alone weighs
    /// more is a batch of its own.
    /// </param>
    /// <param name="weight">What an element weighs, for example its size in bytes; zero or more.</param>
    /// <param name="maxAge">
    /// The age of its first element at which a batch is emitted as it is; more than zero. The default is null: it waits until it is full.
    /// </param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of batches, none of them empty.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="weight"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="maxCount"/> or <paramref name="maxWeight"/> is less than one, or <paramref name="maxAge"/> is not more than zero.
    /// </exception>
    public static Stream<IReadOnlyList<T>> Batch<T>(
        this Stream<T> stream,
        int maxCount,
        long maxWeight,
        Func<T, long> weight,
        TimeSpan? maxAge = null,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(weight))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWeight, 1);
        var details = string.Create(CultureInfo.InvariantCulture, $" weight={maxWeight} by {DelegateText.Of(expression)}");
        return Create(stream, maxCount, maxWeight, weight, maxAge, details, options);
    }

    private static Stream<IReadOnlyList<T>> Create<T>(
        Stream<T> stream, int maxCount, long maxWeight, Func<T, long>? weight, TimeSpan? maxAge, string? details, NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        if (maxAge is { } age)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero, nameof(maxAge));
        }

        return stream.Then(
            new OperatorNode<T, IReadOnlyList<T>>("batch", () => new BatchStage<T>(maxCount, maxWeight, weight, maxAge))
            {
                Kind = NodeKind.Batching,
                Details = string.Create(CultureInfo.InvariantCulture, $"n={maxCount}{details}{(maxAge is { } time ? $" {Duration.Text(time)}" : "")}"),
                IsBoundary = maxAge is not null,
                InputsPerOutput = weight is null && maxAge is null ? maxCount : null,
            },
            options);
    }
}

/// <summary>Holds one batch until its count, its weight or its age is reached.</summary>
internal sealed class BatchStage<T>(int maxCount, long maxWeight, Func<T, long>? weight, TimeSpan? maxAge) : Stage<T, IReadOnlyList<T>>, ISnapshot
{
    private readonly SpareList<T> _spare = new();
    private List<Element<T>> _batch = [];
    private long _weight;
    private long _began;

    public override ValueTask OnElementAsync(Element<T> element)
    {
        var itsWeight = weight?.Invoke(element.Value) ?? 0;
        if (itsWeight < 0)
        {
            throw new InvalidOperationException($"The weight of an element of '{Context.NodeName}' is {itsWeight}. It must be zero or more.");
        }

        // Not the sum: it may be more than the largest number.
        return _batch.Count > 0 && itsWeight > maxWeight - _weight ? EmitAndAddAsync(element, itsWeight) : AddAsync(element, itsWeight);
    }

    public override ValueTask OnTickAsync()
    {
        if (_batch.Count == 0)
        {
            return default;
        }

        var left = maxAge!.Value - Context.TimeProvider.GetElapsedTime(_began);
        if (left <= TimeSpan.Zero)
        {
            return EmitAsync();
        }

        Context.ScheduleTick(left);
        return default;
    }

    public override ValueTask OnFlushAsync() => _batch.Count > 0 ? EmitAsync() : default;

    public void Save(SnapshotWriter snapshot)
    {
        if (_batch.Count > 0)
        {
            snapshot.WriteElements("batch", _batch);
            snapshot.Write("weight", _weight);
            snapshot.Write("age", maxAge is null ? default : Context.TimeProvider.GetElapsedTime(_began));
        }
    }

    public void Restore(SnapshotReader snapshot)
    {
        _batch.AddRange(snapshot.ReadElements<T>("batch"));
        _weight = snapshot.Read<long>("weight");
        if (maxAge is { } age)
        {
            _began = Context.ScheduleTickAtAge(age, snapshot.Read<TimeSpan>("age"));
        }
    }

    private async ValueTask EmitAndAddAsync(Element<T> element, long itsWeight)
    {
        await EmitAsync().ConfigureAwait(true);
        await AddAsync(element, itsWeight).ConfigureAwait(true);
    }

    private ValueTask AddAsync(Element<T> element, long itsWeight)
    {
        element.Context?.Hold();
        _batch.Add(element);
        _weight += itsWeight;
        if (_batch.Count >= maxCount || _weight >= maxWeight)
        {
            return EmitAsync();
        }

        if (_batch.Count == 1 && maxAge is { } age)
        {
            _began = Context.TimeProvider.GetTimestamp();
            Context.ScheduleTick(age);
        }

        return default;
    }

    private async ValueTask EmitAsync()
    {
        if (maxAge is not null)
        {
            Context.CancelTick();
        }

        var members = _batch;
        (_batch, _weight) = (_spare.Take(), 0);
        await PushAsync(Batch.Of(members)).ConfigureAwait(true);
        Batch.Release(members);
        _spare.GiveBack(members);
    }
}
