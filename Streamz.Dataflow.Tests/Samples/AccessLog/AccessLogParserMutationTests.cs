using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

[TestFixture]
public sealed class AccessLogParserMutationTests
{
    private const int Mutants = 40_000;
    private const string Alphabet = " \"\\[]/:+-x0123456789aJMé\t\r\0\uD800😀";

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Parser_MutatedLine_NeverThrowsAndAgreesWithTheOracle(int seed)
    {
        var random = new Random(seed);
        var simulator = new AccessLogSimulator(seed);
        var verdicts = new int[2];
        for (var mutant = 0; mutant < Mutants; mutant++)
        {
            var line = simulator.Next(new DateTimeOffset(2015, 5, 17, 10, 5, 3, TimeSpan.Zero));
            for (var left = random.Next(3); left >= 0; left--)
            {
                line = Mutate(line, random);
            }

            var parsed = AccessLogParser.TryParse(line, out var entry);
            verdicts[parsed ? 1 : 0]++;
            Assert.That(parsed, Is.EqualTo(CombinedFormatOracle.IsWellFormed(line)), $"seed {seed}, mutant {mutant}: {line}");
            if (parsed)
            {
                Assert.That(() => (entry.Request, entry.Referer, entry.UserAgent), Throws.Nothing);
            }
        }

        Assert.That(verdicts, Has.All.GreaterThan(Mutants / 20), "The mutants must try both verdicts.");
    }

    private static string Mutate(string line, Random random)
    {
        var at = random.Next(line.Length + 1);
        var length = random.Next(Math.Min(5, line.Length - at + 1));
        var other = Alphabet[random.Next(Alphabet.Length)].ToString();
        return random.Next(6) switch
        {
            0 => line.Insert(at, other),
            1 => line.Remove(at, length),
            2 => line.Remove(at, length).Insert(at, other),
            3 => line.Insert(at, line.Substring(at, length)),
            4 => line + other,
            _ => random.Next(10) == 0 ? line[..at] : line.Insert(at, "\\" + other),
        };
    }
}
