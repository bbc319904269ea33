using System.Globalization;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>
/// Rounds of random graphs under eight producers. <c>STREAMZ_STRESS_ROUNDS</c> says how many; <c>STREAMZ_STRESS_SEED</c> runs
/// one of them again.
/// </summary>
[TestFixture]
[Category("Stress")]
internal sealed class StressTests
{
    [Test]
    public async Task RandomGraph_ProducersStopsFaultsAndCancellations_LawsHold()
    {
        if (Setting("STREAMZ_STRESS_SEED") is { } seed)
        {
            await new StressRound(seed).RunAsync();
            return;
        }

        var first = Environment.TickCount & 0x3fffffff;
        var rounds = Setting("STREAMZ_STRESS_ROUNDS") ?? 150;
        await TestContext.Progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Stress: {rounds} rounds from seed {first}"));
        for (var round = 0; round < rounds; round++)
        {
            await new StressRound(first + round).RunAsync();
        }
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
