using Streamz.Dataflow.Benchmarks.Cases;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>What the library sets out to reach, measured in one run beside the rivals, and whether it is.</summary>
internal static class Goals
{
    private const string OwnAgain = "A/A";

    private static readonly Goal[] s_goals =
    [
        // First: Akka.Streams has the pool of threads grow to three times the processors, and emitters that stand in each other's way then cost twice.
        new(typeof(Producers), nameof(Producers.Two), nameof(Producers.One), 1),
        new(typeof(Producers), nameof(Producers.Four), nameof(Producers.One), 1),
        new(typeof(Producers), nameof(Producers.Eight), nameof(Producers.One), 1),
        new(typeof(FiveMaps), nameof(MapChain.StreamzEmitAsync), nameof(MapChain.ActionBlock), 0.35),
        new(typeof(FiveMaps), nameof(MapChain.StreamzEmitAsync), nameof(MapChain.HandLinkedBlocks), 0.25),
        new(typeof(FiveMaps), nameof(MapChain.StreamzEmitAsync), nameof(MapChain.AkkaFrom), 0.25),
        new(typeof(FiveMaps), nameof(MapChain.StreamzEmitAllAsync), nameof(MapChain.PlainLoop), 3),
        new(typeof(FiveMaps), nameof(MapChain.StreamzEmitArray), nameof(MapChain.PlainLoop), 3),
        new(typeof(FiveMaps), nameof(MapChain.StreamzEmitList), nameof(MapChain.PlainLoop), 3),
        new(typeof(FiveMaps), nameof(MapChain.StreamzFromList), nameof(MapChain.PlainLoop), 3),
        new(typeof(FiveMaps), nameof(MapChain.StreamzFromEnumerable), nameof(MapChain.PlainLoop), 3),
        new(typeof(ThreeBuffers), nameof(ThreeBuffers.StreamzEmitAsync), nameof(ThreeBuffers.HandLinkedBlocks), 0.4),
        new(typeof(ParallelMap), nameof(ParallelMap.StreamzEmitAsync), nameof(ParallelMap.HandLinkedBlocks), 0.8, BytesAtMost: 0.5),
        new(typeof(FanOut), nameof(FanOut.StreamzEmitAsync), nameof(FanOut.HandLinkedBlocks), 1),
        new(typeof(FanOut), nameof(FanOut.StreamzEmitAsync), nameof(FanOut.AkkaFrom), 1),
        new(typeof(ZipOfTwo), nameof(ZipOfTwo.StreamzEmitAsync), nameof(ZipOfTwo.HandLinkedBlocks), 1),
        new(typeof(ZipOfTwo), nameof(ZipOfTwo.StreamzFromEnumerable), nameof(ZipOfTwo.AkkaFrom), 1),
        new(typeof(UnionOfFour), nameof(UnionOfFour.StreamzEmitAsync), nameof(UnionOfFour.HandLinkedBlocks), 1),
        new(typeof(UnionOfFour), nameof(UnionOfFour.StreamzEmitAsync), nameof(UnionOfFour.AkkaFrom), 1),
        new(typeof(KeyedSubstreams), nameof(KeyedSubstreams.StreamzEmitAsync), nameof(KeyedSubstreams.AkkaFrom), 1),
    ];

    public static async Task PrintAsync(int rounds)
    {
        Console.WriteLine("| case | Streamz | beside | ratio | of rounds, quartiles | A/A | goal | met | allocated per element |");
        Console.WriteLine("|---|---|---|---:|---:|---:|---:|---|---:|");
        foreach (var goals in s_goals.GroupBy(goal => goal.Case))
        {
            var @case = Activator.CreateInstance(goals.Key)!;
            var methods = goals.SelectMany(goal => new[] { goal.Method, goal.Rival }).Distinct().ToList();
            var contestants = methods.ConvertAll(method => Contestant.Of(@case, method));

            // Our own again: its strays say how far the others are to be believed.
            contestants.Add(contestants[0] with { Name = OwnAgain });
            var samples = await InterleavedRatios.TakeAsync(contestants, rounds);
            foreach (var goal in goals)
            {
                Print(goal, contestants, samples, methods.IndexOf(goal.Method), methods.IndexOf(goal.Rival));
            }
        }
    }

    private static void Print(Goal goal, List<Contestant> contestants, Sample[][] samples, int own, int rival)
    {
        var ratio = Time(samples[own]) / Time(samples[rival]);
        var rounds = samples[own].Zip(samples[rival], (mine, other) => mine.Nanoseconds / other.Nanoseconds).Order().ToArray();
        var (bytes, rivalBytes) = (Bytes(samples[own]), Bytes(samples[rival]));
        var isMet = ratio <= goal.AtMost && (goal.BytesAtMost is not { } share || bytes <= share * rivalBytes);
        FormattableString row =
            $"| {goal.Case.Name} | {contestants[own].Name} | {contestants[rival].Name} | {ratio:0.00} | {rounds[rounds.Length / 4]:0.00} to {rounds[rounds.Length * 3 / 4]:0.00} | {Time(samples[^1]) / Time(samples[0]):0.00} | {goal.AtMost:0.##}{goal.BytesText} | {(isMet ? "yes" : "no")} | {bytes:0.#} B, {rivalBytes:0.#} B |";
        Console.WriteLine(FormattableString.Invariant(row));
    }

    private static double Time(Sample[] samples) => Sample.Median(samples.Select(sample => sample.Nanoseconds));

    private static double Bytes(Sample[] samples) => Sample.Median(samples.Select(sample => sample.Bytes));

    /// <summary>A contestant of ours is to take at most a share of what a rival takes.</summary>
    private sealed record Goal(Type Case, string Method, string Rival, double AtMost, double? BytesAtMost = null)
    {
        public string BytesText => BytesAtMost is { } share ? FormattableString.Invariant($", {share:0.##} of its memory") : "";
    }
}
