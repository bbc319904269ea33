using System.Diagnostics;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>
/// How long one element takes from the call that emits it to the sink, when nothing else is on its way. BenchmarkDotNet
/// shows means of many calls; here the percentiles of single ones count, so the loop is our own.
/// </summary>
internal static class SingleElementLatency
{
    private const int SamplesPerRound = 500;
    private const int WarmUpRounds = 4;

    // Long enough for the worker threads of the pool to stop spinning and go to sleep.
    private static readonly TimeSpan s_idle = TimeSpan.FromMicroseconds(100);

    public static async Task PrintAsync(int rounds)
    {
        Lane[] lanes =
        [
            ChannelHop("one Channel hop, five delegates and a sink"),
            ChannelHop("A/A: the baseline again"),
            Streamz(),
            OneBlock(),
            HandLinkedBlocks(),
        ];
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            foreach (var lane in lanes)
            {
                lane.Measure(SamplesPerRound, keep: round >= 0);
            }
        }

        Console.WriteLine("\n### SingleElementLatency\n");
        Console.WriteLine("| Contestant | p50 ratio | p99 ratio | Alloc/element | p50 ns | p99 ns |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var lane in lanes)
        {
            FormattableString row =
                $"| {lane.Name} | {lane.Percentile(0.5) / lanes[0].Percentile(0.5):0.00} | {lane.Percentile(0.99) / lanes[0].Percentile(0.99):0.00} | {lane.BytesPerElement:0} B | {lane.Percentile(0.5):0} | {lane.Percentile(0.99):0} |";
            Console.WriteLine(FormattableString.Invariant(row));
            await lane.StopAsync();
        }

        Array.ForEach(lanes, lane => lane.Dispose());
    }

    private static Lane ChannelHop(string name)
    {
        var channel = Channel.CreateBounded<long>(new BoundedChannelOptions(Work.Capacity) { SingleReader = true, SingleWriter = true });
        var lane = new Lane(name) { Send = value => channel.Writer.WriteAsync(value) };
        var reading = Task.Run(async () =>
        {
            await foreach (var value in channel.Reader.ReadAllAsync())
            {
                lane.Arrive(FiveTimes(value));
            }
        });
        lane.StopAsync = () =>
        {
            channel.Writer.Complete();
            return reading;
        };
        return lane;
    }

    private static Lane Streamz()
    {
        var source = new StreamSource<long>();
        var lane = new Lane("Streamz, EmitAsync, five maps and a sink") { Send = value => source.EmitAsync(value), StopAsync = source.CompleteAsync };
        source.Map(Work.Increment).Map(Work.Increment).Map(Work.Increment).Map(Work.Increment).Map(Work.Increment).Sink(lane.Arrive);
        return lane;
    }

    private static Lane OneBlock()
    {
        var lane = new Lane("one ActionBlock, SendAsync, five delegates and a sink");
        var block = new ActionBlock<long>(value => lane.Arrive(FiveTimes(value)), new ExecutionDataflowBlockOptions { BoundedCapacity = Work.Capacity });
        lane.Send = value => new ValueTask(block.SendAsync(value));
        lane.StopAsync = () =>
        {
            block.Complete();
            return block.Completion;
        };
        return lane;
    }

    private static Lane HandLinkedBlocks()
    {
        var lane = new Lane("hand-linked TPL Dataflow, SendAsync, six blocks");
        var bounded = new ExecutionDataflowBlockOptions { BoundedCapacity = Work.Capacity };
        var propagating = new DataflowLinkOptions { PropagateCompletion = true };
        var maps = Enumerable.Range(0, 5).Select(_ => new TransformBlock<long, long>(Work.Increment, bounded)).ToArray();
        var sink = new ActionBlock<long>(lane.Arrive, bounded);
        for (var i = 1; i < maps.Length; i++)
        {
            maps[i - 1].LinkTo(maps[i], propagating);
        }

        maps[^1].LinkTo(sink, propagating);
        lane.Send = value => new ValueTask(maps[0].SendAsync(value));
        lane.StopAsync = () =>
        {
            maps[0].Complete();
            return sink.Completion;
        };
        return lane;
    }

    private static long FiveTimes(long value)
    {
        for (var i = 0; i < 5; i++)
        {
            value = Work.Increment(value);
        }

        return value;
    }

    private sealed class Lane(string name) : IDisposable
    {
        private readonly List<long> _ticks = [];
        private readonly ManualResetEventSlim _arrived = new();
        private long _arrivedAt;
        private long _arrivedValue;
        private long _bytes;

        public string Name { get; } = name;

        public Func<long, ValueTask> Send { get; set; } = null!;

        public Func<Task> StopAsync { get; set; } = null!;

        public double BytesPerElement => (double)_bytes / _ticks.Count;

        public void Dispose() => _arrived.Dispose();

        public void Arrive(long value)
        {
            _arrivedAt = Stopwatch.GetTimestamp();
            _arrivedValue = value;
            _arrived.Set();
        }

        public void Measure(int count, bool keep)
        {
            var bytes = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < count; i++)
            {
                _arrived.Reset();
                var rested = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(rested) < s_idle)
                {
                    Thread.SpinWait(20);
                }

                var start = Stopwatch.GetTimestamp();
                var sent = Send(i);
                _arrived.Wait();
                if (!sent.IsCompletedSuccessfully || _arrivedValue != i + 5)
                {
                    throw new InvalidOperationException($"'{Name}' was sent {i}, and {_arrivedValue} arrived.");
                }

                if (keep)
                {
                    _ticks.Add(_arrivedAt - start);
                }
            }

            _bytes += keep ? GC.GetTotalAllocatedBytes(precise: true) - bytes : 0;
        }

        public double Percentile(double share) =>
            _ticks.Order().ElementAt((int)(share * (_ticks.Count - 1))) * (1e9 / Stopwatch.Frequency);
    }
}
