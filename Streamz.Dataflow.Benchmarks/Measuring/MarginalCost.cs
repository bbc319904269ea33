using Streamz.Dataflow.Benchmarks.Cases;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>What one more synchronous node costs: ten maps minus five maps, divided by five, as the median over rounds.</summary>
internal static class MarginalCost
{
    private static readonly (string Name, string Method)[] s_measured =
    [
        ("hand-linked TPL Dataflow", nameof(MapChain.HandLinkedBlocks)),
        ("Streamz, await EmitAsync", nameof(MapChain.StreamzEmitAsync)),
        ("Streamz, FromEnumerable of an iterator", nameof(MapChain.StreamzFromEnumerable)),
        ("a Channel before each map", nameof(MapChain.ChannelPerMap)),
        ("Akka.Streams, Source.From", nameof(MapChain.AkkaFrom)),
        ("System.Reactive", nameof(MapChain.Reactive)),
        ("R3", nameof(MapChain.R3)),
        ("plain loop over delegates", nameof(MapChain.PlainLoop)),
    ];

    public static async Task PrintAsync(int rounds)
    {
        var five = new FiveMaps();
        var ten = new TenMaps();
        var contestants = s_measured
            .SelectMany(each => new[] { Contestant.Of(five, each.Method), Contestant.Of(ten, each.Method) })
            .Append(Contestant.Of(five, nameof(MapChain.StreamzEmitAsync)))
            .Append(Contestant.Of(five, nameof(MapChain.StreamzEmitAsync)))
            .ToList();
        var samples = await InterleavedRatios.TakeAsync(contestants, rounds);

        Console.WriteLine("\n### One more synchronous node: (ten maps - five maps) / 5\n");
        Console.WriteLine("| Contestant | Share of a hand-linked block | CPU share | ns/node | CPU ns/node |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        var block = Difference(samples[0], samples[1]);
        for (var i = 0; i < s_measured.Length; i++)
        {
            Print(s_measured[i].Name, Difference(samples[2 * i], samples[(2 * i) + 1]), block);
        }

        Print("A/A: five maps minus five maps (Streamz, await EmitAsync)", Difference(samples[^2], samples[^1]), block);
    }

    private static (double Time, double Processor) Difference(Sample[] five, Sample[] ten) =>
        (Sample.Median(ten.Zip(five, (more, fewer) => (more.Nanoseconds - fewer.Nanoseconds) / 5)),
         Sample.Median(ten.Zip(five, (more, fewer) => (more.ProcessorNanoseconds - fewer.ProcessorNanoseconds) / 5)));

    private static void Print(string name, (double Time, double Processor) cost, (double Time, double Processor) block)
    {
        FormattableString row =
            $"| {name} | {cost.Time / block.Time:0.000} | {cost.Processor / block.Processor:0.000} | {cost.Time:0.0} | {cost.Processor:0.0} |";
        Console.WriteLine(FormattableString.Invariant(row));
    }
}
