using System.Runtime.CompilerServices;
using System.Threading.Tasks.Dataflow;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>What the cost of an element grows with, one thing at a time. Everything else is as in the other cases.</summary>
internal static class GrowthCases
{
    private const int SizedElements = 50_000;

    public static IReadOnlyList<GrowthCase> All { get; } =
    [
        new("nodes", "maps in a row", [1, 2, 5, 10, 20, 50],
        [
            new("hand-linked TPL Dataflow", maps => Contestant.Of(new Maps(maps), nameof(MapChain.HandLinkedBlocks))),
            new("one ActionBlock", maps => Contestant.Of(new Maps(maps), nameof(MapChain.ActionBlock))),
            new("Streamz", maps => Contestant.Of(new Maps(maps), nameof(MapChain.StreamzEmitAsync))),
            new("plain loop", maps => Contestant.Of(new Maps(maps), nameof(MapChain.PlainLoop))),
        ]),
        new("branches", "branches with a sink each", [1, 2, 5, 10, 20, 50],
        [
            new("hand-linked TPL Dataflow", branches => Contestant.Of(new FanOut(branches), nameof(FanOut.HandLinkedBlocks))),
            new("a Channel for each", branches => Contestant.Of(new FanOut(branches), nameof(FanOut.Channels))),
            new("Streamz", branches => Contestant.Of(new FanOut(branches), nameof(FanOut.StreamzEmitAsync))),
        ]),
        new("capacity", "elements that a queue holds", [1, 2, 8, 32, 128, 512, 2_048, 8_192],
        [
            new("one ActionBlock", capacity => Contestant.Of(new Maps(5, capacity), nameof(MapChain.ActionBlock))),
            new("Streamz, EmitAsync", capacity => Contestant.Of(new Maps(5, capacity), nameof(MapChain.StreamzEmitAsync))),
            new("Streamz, EmitAllAsync of an array", capacity => Contestant.Of(new Maps(5, capacity), nameof(MapChain.StreamzEmitArray))),
            new("plain loop", capacity => Contestant.Of(new Maps(5, capacity), nameof(MapChain.PlainLoop))),
        ]),
        new("element-size", "bytes of an element, passed by value", [8, 32, 128, 512],
        [
            new("one ActionBlock", bytes => Sized(bytes, isOurs: false)),
            new("Streamz", bytes => Sized(bytes, isOurs: true)),
        ]),
        new("producers", "producers at a time", [1, 2, 4, 8, 16],
        [
            new("one ActionBlock", producers => new Contestant("one ActionBlock", false, Producers.Elements, () => FeedActionBlockAsync(producers))),
            new("Streamz", producers => new Contestant("Streamz", false, Producers.Elements, () => Producers.FeedAsync(producers))),
        ]),
    ];

    private static Contestant Sized(int bytes, bool isOurs) => bytes switch
    {
        8 => SizedOf<long>(isOurs),
        32 => SizedOf<Longs4>(isOurs),
        128 => SizedOf<Longs16>(isOurs),
        512 => SizedOf<Longs64>(isOurs),
        _ => throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "There is no element of that size."),
    };

    private static Contestant SizedOf<T>(bool isOurs)
        where T : struct =>
        isOurs
            ? new("Streamz", false, SizedElements, StreamzSizedAsync<T>)
            : new("one ActionBlock", false, SizedElements, ActionBlockSizedAsync<T>);

    private static async Task StreamzSizedAsync<T>()
        where T : struct
    {
        var seen = 0;
        var source = new StreamSource<T>();
        source.Map(static x => x).Sink(_ => seen++);
        for (var i = 0; i < SizedElements; i++)
        {
            await source.EmitAsync(default);
        }

        await source.CompleteAsync();
        VerifyCount(seen, SizedElements);
    }

    private static async Task ActionBlockSizedAsync<T>()
        where T : struct
    {
        var seen = 0;
        Func<T, T> map = static x => x;
        Action<T> sink = _ => seen++;
        var block = new ActionBlock<T>(value => sink(map(value)), new ExecutionDataflowBlockOptions { BoundedCapacity = Work.Capacity });
        for (var i = 0; i < SizedElements; i++)
        {
            await block.SendAsync(default);
        }

        block.Complete();
        await block.Completion;
        VerifyCount(seen, SizedElements);
    }

    private static async Task FeedActionBlockAsync(int producers)
    {
        var tally = new Tally();
        var block = new ActionBlock<long>(
            value => tally.AddUnordered(value + 5),
            new ExecutionDataflowBlockOptions { BoundedCapacity = Work.Capacity });
        await Task.WhenAll(Enumerable.Range(0, producers).Select(producer => Task.Run(async () =>
        {
            for (long i = producer; i < Producers.Elements; i += producers)
            {
                await block.SendAsync(i);
            }
        })));
        block.Complete();
        await block.Completion;
        tally.Verify(Producers.Elements, 5);
    }

    private static void VerifyCount(int seen, int expected)
    {
        if (seen != expected)
        {
            throw new InvalidOperationException($"The sink saw {seen} elements, not {expected}.");
        }
    }

    private sealed class Maps(int maps, int capacity = Work.Capacity) : MapChain(maps, capacity);

    [InlineArray(4)]
    private struct Longs4
    {
        private long _first;
    }

    [InlineArray(16)]
    private struct Longs16
    {
        private long _first;
    }

    [InlineArray(64)]
    private struct Longs64
    {
        private long _first;
    }
}
