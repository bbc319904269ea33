namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>
/// Runs the contestants of a case in turn, again and again, and compares medians: what disturbs the machine for a while
/// disturbs all of them, where a benchmark that runs one contestant after the other would blame a single one.
/// </summary>
internal static class InterleavedRatios
{
    private const int WarmUpRounds = 24;
    private const int RoundsBetweenPauses = 6;

    /// <summary>
    /// A pause between rounds of warming up. The runtime compiles hot methods anew in the background, first to count and then for good, and only once no new ones have shown up for
    /// 100 ms: a round that comes too early takes three times as long.
    /// </summary>
    public static readonly TimeSpan Compilation = TimeSpan.FromMilliseconds(300);

    public static async Task PrintAsync(Contest contest, int rounds)
    {
        var samples = await TakeAsync(contest.Contestants, rounds);
        Console.WriteLine($"\n### {contest.Title}\n");
        Console.WriteLine("| Contestant | Ratio | Ratio of rounds, quartiles | CPU ratio | Alloc/element | ns/element | CPU ns/element |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        var baseline = samples[0];
        for (var i = 0; i < samples.Length; i++)
        {
            var time = Sample.Median(samples[i].Select(sample => sample.Nanoseconds));
            var processor = Sample.Median(samples[i].Select(sample => sample.ProcessorNanoseconds));
            var ofRounds = samples[i].Zip(baseline, (mine, other) => mine.Nanoseconds / other.Nanoseconds).Order().ToArray();
            FormattableString row =
                $"| {contest.Contestants[i].Name} | {time / Sample.Median(baseline.Select(sample => sample.Nanoseconds)):0.00} | {ofRounds[rounds / 4]:0.00} to {ofRounds[rounds * 3 / 4]:0.00} | {processor / Sample.Median(baseline.Select(sample => sample.ProcessorNanoseconds)):0.00} | {Sample.Median(samples[i].Select(sample => sample.Bytes)):0.#} B | {time:0.0} | {processor:0.0} |";
            Console.WriteLine(FormattableString.Invariant(row));
        }
    }

    /// <summary>Takes samples in rounds.</summary>
    /// <returns>For each contestant, its samples in the order of the rounds.</returns>
    public static async Task<Sample[][]> TakeAsync(IReadOnlyList<Contestant> contestants, int rounds)
    {
        var samples = contestants.Select(_ => new Sample[rounds]).ToArray();
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            if (round < 0 && round % RoundsBetweenPauses == 0)
            {
                await Task.Delay(Compilation);
            }

            for (var i = 0; i < contestants.Count; i++)
            {
                // Every other round backwards: nobody always runs behind the same neighbour.
                var turn = round % 2 == 0 ? i : contestants.Count - 1 - i;
                var sample = await Sample.TakeAsync(contestants[turn]);
                if (round >= 0)
                {
                    samples[turn][round] = sample;
                }
            }
        }

        return samples;
    }
}
