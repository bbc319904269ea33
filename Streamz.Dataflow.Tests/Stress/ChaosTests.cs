using System.Globalization;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>
/// Faults, delays, cancellations and edits at every node of random graphs: always the same ones, on threads that never run alike.
/// <c>STREAMZ_STRESS_ROUNDS</c> runs as many others, from a seed that is printed; <c>STREAMZ_STRESS_SEED</c> runs one again, as often as that, or once.
/// </summary>
[TestFixture]
[Category("Stress")]
internal sealed class ChaosTests
{
    private const int MostFailures = 10;
    private const int AlwaysFirst = 1;

    [Test]
    public async Task RandomGraph_FaultsDelaysCancellationsAndEdits_LawsHold()
    {
        var seed = Setting("STREAMZ_STRESS_SEED");
        var count = Setting("STREAMZ_STRESS_ROUNDS");
        var first = seed ?? (count is null ? AlwaysFirst : Environment.TickCount & 0x3fffffff);
        var rounds = count ?? (seed is null ? 150 : 1);
        await TestContext.Progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Chaos: {rounds} rounds from seed {first}"));
        var failures = new List<string>();
        for (var round = 0; round < rounds && failures.Count < MostFailures; round++)
        {
            try
            {
                await new ChaosRound(seed ?? (first + round)).RunAsync();
            }
            catch (Exception failure)
            {
                // The round says its seed, and the others may tell more.
                failures.Add($"{failure.Message}\n{(failure is AssertionException ? "" : $"seed {seed ?? (first + round)}: {failure}")}");
            }
        }

        Assert.That(failures, Is.Empty, string.Join("\n\n", failures));
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
