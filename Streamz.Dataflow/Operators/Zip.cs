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

/// <summary>The zip operator.</summary>
/// <remarks>
/// <b>Order:</b> the k-th elements of all sides go on together. <b>Buffering:</b> up to <c>maxSize</c> elements for each side. <b>Back-pressure:</b>
/// a side that is full holds back its upstream until the other sides bring their elements; if that can never be, because they are
/// fed through what it holds back, the pipeline stops with a <see cref="JoinStalledException"/>. <b>Completion:</b> ends when all sides have
/// ended; leftovers meet their policy. <b>Faults:</b> has none of its own. A pair is delivered with both elements.
/// </remarks>
public static class ZipOperator
{
    /// <summary>Pairs the elements of two streams in order.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream; may be the same.</param>
    /// <param name="maxSize">How many elements a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to elements without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of pairs.</returns>
    /// <exception cref="ArgumentNullException">One of the streams is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxSize"/> is less than one.</exception>
    public static Stream<(T1 First, T2 Second)> Zip<T1, T2>(
        this Stream<T1> first,
        Stream<T2> second,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Node([typeof(T1), typeof(T2)], () => new Zip2Stage<T1, T2>(leftovers), maxSize).Join(options, first, second);
    }

    /// <summary>Joins the elements of three streams in order.</summary>
    /// <inheritdoc cref="Zip{T1, T2}(Stream{T1}, Stream{T2}, int, ZipLeftovers, NodeOptions?)" path="/exception"/>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="third">The third stream.</param>
    /// <param name="maxSize">How many elements a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to elements without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of triples.</returns>
    public static Stream<(T1 First, T2 Second, T3 Third)> Zip<T1, T2, T3>(
        this Stream<T1> first,
        Stream<T2> second,
        Stream<T3> third,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        return Node([typeof(T1), typeof(T2), typeof(T3)], () => new Zip3Stage<T1, T2, T3>(leftovers), maxSize).Join(options, first, second, third);
    }

    private static JoinNode<TOut> Node<TOut>(Type[] inputTypes, Func<JoinStage<TOut>> createStage, int maxSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSize, 1);
        return new JoinNode<TOut>("zip", inputTypes, createStage)
        {
            Details = string.Create(CultureInfo.InvariantCulture, $"maxSize={maxSize}"),
            Capacity = maxSize,
            PairsInputs = true,
            InputsPerOutput = 1,
        };
    }

    private sealed class Zip2Stage<T1, T2> : ZipStage<(T1 First, T2 Second)>
    {
        private readonly Side<T1> _first;
        private readonly Side<T2> _second;

        public Zip2Stage(ZipLeftovers leftovers)
            : base(leftovers)
        {
            _first = AddSide<T1>();
            _second = AddSide<T2>();
        }

        protected override (T1 First, T2 Second) Take() => (_first.Take(), _second.Take());
    }

    private sealed class Zip3Stage<T1, T2, T3> : ZipStage<(T1 First, T2 Second, T3 Third)>
    {
        private readonly Side<T1> _first;
        private readonly Side<T2> _second;
        private readonly Side<T3> _third;

        public Zip3Stage(ZipLeftovers leftovers)
            : base(leftovers)
        {
            _first = AddSide<T1>();
            _second = AddSide<T2>();
            _third = AddSide<T3>();
        }

        protected override (T1 First, T2 Second, T3 Third) Take() => (_first.Take(), _second.Take(), _third.Take());
    }
}

/// <summary>Holds the elements of each side, in its places, until all sides have one.</summary>
internal abstract class ZipStage<TOut>(ZipLeftovers leftovers) : JoinStage<TOut>
{
    private readonly List<Side> _sides = [];

    public override async ValueTask OnInputEndedAsync(int input)
    {
        _sides[input].HasEnded = true;
        await DropLeftoversAsync().ConfigureAwait(true);
    }

    /// <summary>Takes the oldest values of all sides.</summary>
    protected abstract TOut Take();

    protected Side<T> AddSide<T>()
    {
        var side = new Side<T>(_sides.Count);
        _sides.Add(side);
        AddInput<T>(element => OnElementAsync(side, element));
        return side;
    }

    private async ValueTask OnElementAsync<T>(Side<T> side, Element<T> element)
    {
        element.Context?.Hold();
        side.Held.Enqueue(element);
        Context.KeepPlace(side.Index);
        if (_sides.TrueForAll(each => each.Count > 0))
        {
            var contexts = _sides.ConvertAll(each => each.OldestContext);
            await PushAsync(new Element<TOut>(Take(), contexts.Aggregate((ElementContext?)null, ElementContext.Merge))).ConfigureAwait(true);
            foreach (var matched in _sides)
            {
                contexts[matched.Index]?.Release();
                Context.ReturnPlace(matched.Index);
            }
        }

        await DropLeftoversAsync().ConfigureAwait(true);
    }

    private ValueTask DropLeftoversAsync()
    {
        if (!_sides.Exists(side => side.HasEnded && side.Count == 0))
        {
            return default;
        }

        var dropped = 0;
        foreach (var side in _sides)
        {
            for (; side.Count > 0; dropped++)
            {
                var context = side.Discard();
                Context.Drop(context);
                context?.Release();
                Context.ReturnPlace(side.Index);
            }
        }

        if (dropped > 0 && leftovers == ZipLeftovers.Fault)
        {
            throw new InvalidOperationException(
                $"'{Context.NodeName}' has {dropped} elements left without a partner, because another side has ended. Choose ZipLeftovers.Drop if that is expected.");
        }

        return default;
    }

    internal abstract class Side(int index)
    {
        public int Index { get; } = index;

        public bool HasEnded { get; set; }

        public abstract int Count { get; }

        public abstract ElementContext? OldestContext { get; }

        public abstract ElementContext? Discard();
    }

    internal sealed class Side<T>(int index) : Side(index)
    {
        public Queue<Element<T>> Held { get; } = new();

        public override int Count => Held.Count;

        public override ElementContext? OldestContext => Held.Peek().Context;

        public T Take() => Held.Dequeue().Value;

        public override ElementContext? Discard() => Held.Dequeue().Context;
    }
}
