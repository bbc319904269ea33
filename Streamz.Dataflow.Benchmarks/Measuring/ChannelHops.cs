using System.Threading.Channels;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>Channels in a row, as they are written by hand.</summary>
internal static class ChannelHops
{
    public static Channel<long> Create() =>
        Channel.CreateBounded<long>(new BoundedChannelOptions(Work.Capacity) { SingleReader = true, SingleWriter = true });

    /// <summary>Reads a channel, and writes what is made of each element into another.</summary>
    public static ChannelReader<long> Then(this ChannelReader<long> from, Func<long, long> map)
    {
        var to = Create();
        _ = Task.Run(async () =>
        {
            await foreach (var value in from.ReadAllAsync())
            {
                await to.Writer.WriteAsync(map(value));
            }

            to.Writer.Complete();
        });
        return to.Reader;
    }

    /// <summary>Reads a channel to its end.</summary>
    public static Task ForEachAsync(this ChannelReader<long> from, Action<long> sink) => Task.Run(async () =>
    {
        await foreach (var value in from.ReadAllAsync())
        {
            sink(value);
        }
    });
}
