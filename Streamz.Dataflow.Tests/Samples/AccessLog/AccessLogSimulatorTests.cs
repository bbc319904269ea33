using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

[TestFixture]
public sealed class AccessLogSimulatorTests
{
    private const int LineCount = 100_000;

    private static readonly DateTimeOffset _start = new(2024, 2, 29, 23, 59, 30, new TimeSpan(-3, -30, 0));

    [Test]
    public void Simulator_SameSeed_SameLines()
    {
        var again = Lines(7).Take(5_000).ToList();

        Assert.That(Lines(7).Take(5_000), Is.EqualTo(again));
    }

    [Test]
    public void Simulator_OtherSeed_OtherLines() => Assert.That(Lines(7).Take(50), Is.Not.EqualTo(Lines(8).Take(50)));

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Simulator_Line_ParsesUnlessItWasMadeMalformed(int seed)
    {
        var simulator = new AccessLogSimulator(seed);
        for (var number = 0; number < LineCount; number++)
        {
            var before = simulator.Malformed;
            var line = simulator.Next(_start.AddSeconds(number));
            if (AccessLogParser.TryParse(line, out _) != (simulator.Malformed == before))
            {
                Assert.Fail($"seed {seed}, line {number}: {line}");
            }
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Simulator_ManyLines_LookLikeABusyServer(int seed)
    {
        var summary = Summarize(seed);
        var top = summary.TopPaths(int.MaxValue);

        Assert.Multiple(() =>
        {
            Assert.That(summary.Malformed, Is.InRange(LineCount * 0.004, LineCount * 0.006));
            Assert.That(summary.ByStatus[200], Is.GreaterThan(LineCount * 0.8));
            Assert.That(summary.ByStatus.Keys, Is.SupersetOf(new[] { 200, 206, 301, 304, 400, 403, 404, 500, 503 }));
            Assert.That(summary.Clients, Is.InRange(5_000, 20_000));
            Assert.That(top, Has.Count.GreaterThan(250));
            Assert.That(top[0].Count, Is.GreaterThan(50 * top[100].Count), "Few paths have most of the requests.");
            Assert.That(summary.Bytes, Is.GreaterThan(LineCount * 1_000L));
        });
    }

    [Test]
    public void Simulator_ServerErrors_ComeInBursts()
    {
        var statuses = Lines(1).Take(LineCount)
            .Select(line => AccessLogParser.TryParse(line, out var entry) ? entry.Status : 0)
            .ToList();
        var most = statuses.Chunk(50).Max(chunk => chunk.Count(status => status == 500));
        var calm = statuses.Chunk(50).Count(chunk => !chunk.Contains(500));

        Assert.That(most, Is.GreaterThan(20));
        Assert.That(calm, Is.GreaterThan(statuses.Count / 50 / 2));
    }

    [Test]
    public void Simulator_SomeClients_AreHeavy()
    {
        var requests = Lines(1).Take(LineCount)
            .Select(line => AccessLogParser.TryParse(line, out var entry) ? entry.Client : string.Empty)
            .CountBy(client => client)
            .Select(client => client.Value)
            .OrderDescending()
            .ToList();

        Assert.That(requests.Take(100).Sum(), Is.GreaterThan(LineCount / 5));
    }

    [Test]
    public void Simulator_ClientsByRank_HaveAddressesOfTheirOwn() =>
        Assert.That(Enumerable.Range(0, 20_000).Select(rank => new SimulatedClient(rank).Address), Is.Unique);

    [Test]
    public void Simulator_Now_IsTheTimeOfTheLine()
    {
        var simulator = new AccessLogSimulator(1);
        var line = simulator.Next(_start);

        Assert.That(simulator.Malformed, Is.Zero);
        Assert.That(AccessLogParser.TryParse(line, out var entry), Is.True);
        Assert.That((entry.Time.DateTime, entry.Time.Offset), Is.EqualTo((_start.DateTime, _start.Offset)));
    }

    private static IEnumerable<string> Lines(int seed) => new AccessLogSimulator(seed).Lines(_start, TimeSpan.FromSeconds(1));

    private static AccessLogSummary Summarize(int seed)
    {
        var summary = new AccessLogSummary();
        foreach (var line in Lines(seed).Take(LineCount))
        {
            if (AccessLogParser.TryParse(line, out var entry))
            {
                summary.Add(entry);
            }
            else
            {
                summary.AddMalformed(summary.Lines + 1, line);
            }
        }

        return summary;
    }
}
