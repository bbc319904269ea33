using System.Globalization;
using Microsoft.Data.Sqlite;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Crash;

/// <summary>
/// A process copies a log and is killed, again and again. In the end every record is there, in order, and the one file that tells records by their
/// position holds each once. Where states are saved each record also carries an aggregate of its key, which is that of a run that nothing has interrupted.
/// A few rounds; STREAMZ_CRASH_ROUNDS and STREAMZ_CRASH_RECORDS ask for more.
/// </summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Category("Crash"), NonParallelizable]
internal sealed class CrashTests : IDisposable
{
    private const int Keys = 100;

    private readonly ScratchDirectory _directory = new();

    private static int Rounds => Number("STREAMZ_CRASH_ROUNDS", 6);

    private static int Records => Number("STREAMZ_CRASH_RECORDS", 60_000);

    public void Dispose() => _directory.Dispose();

    [TestCase("tickets")]
    [TestCase("states")]
    public async Task FromLog_KilledAtRandomMoments_EveryRecordIsThereInOrder(string mode)
    {
        var seed = Number("STREAMZ_CRASH_SEED", Environment.TickCount & 0xFFFF);
        TestContext.Out.WriteLine($"STREAMZ_CRASH_SEED={seed}, {Records} records, {Rounds} rounds");
        var random = new Random(seed);
        var child = new CrashChild(_directory, mode);
        var hasStates = mode == "states";
        await WriteLogAsync(child.Log, random);
        var perRound = Records / Rounds;
        var kills = 0;
        for (var round = 0; round < Rounds; round++)
        {
            // Twice the share on the average would finish too early; none at all is a kill in the middle of the start.
            var records = random.Next(10) == 0 ? 0 : random.Next(2 * perRound);
            var wasKilled = await child.RunAsync(killBehind: records, extraYields: random.Next(2_000));
            kills += wasKilled ? 1 : 0;
            CheckNothingLost(child, hasStates);
            TestContext.Progress.WriteLine($"crash round {round}: {(wasKilled ? "killed" : "ended")} behind {records} records, committed up to byte {Committed(child)}");
        }

        Assert.That(await child.RunAsync(killBehind: null), Is.False);
        Assert.That(child.Errors, Is.Empty);
        Assert.That(Committed(child), Is.EqualTo(new FileInfo(child.Log).Length), $"seed {seed}");
        Assert.That(kills, Is.Positive);
        CheckFiles(child, hasStates, kills);
    }

    [Test]
    public async Task FromLog_SecondProcessOnTheSamePipeline_IsToldWhy()
    {
        var child = new CrashChild(_directory, "tickets");
        await File.WriteAllTextAsync(child.Log, "a\n");
        await using var session = await new SqliteCheckpointStore(child.Checkpoints).OpenAsync("crash");

        await child.RunAsync(killBehind: null);

        Assert.That(child.Errors, Does.Contain("The checkpoints of the pipeline 'crash'").And.Contain("in use by another run"));
    }

    private static async Task WriteLogAsync(string path, Random random)
    {
        await using var writer = new StreamWriter(path);
        for (var i = 0; i < Records; i++)
        {
            await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"key{random.Next(Keys)} {i} {new string('x', random.Next(40))}\n"));
        }
    }

    /// <summary>
    /// What the checkpoint says is done is in both files, at any moment at which the process may die; but for a batch that is not full, which is part of
    /// the states.
    /// </summary>
    private static void CheckNothingLost(CrashChild child, bool hasStates)
    {
        var committed = Committed(child);
        foreach (var file in hasStates ? [child.ExactlyOnce] : new[] { child.AtLeastOnce, child.ExactlyOnce })
        {
            var highest = File.Exists(file) ? LinesOf(file).Select(line => line.Next).DefaultIfEmpty(0).Max() : 0;
            Assert.That(highest, Is.GreaterThanOrEqualTo(committed), $"{Path.GetFileName(file)} ends before what was committed.");
        }
    }

    private static void CheckFiles(CrashChild child, bool hasStates, int kills)
    {
        var expected = new List<string>(Records);
        var totals = new Dictionary<string, (int Count, long Sum)>();
        var offset = 0L;
        foreach (var line in File.ReadLines(child.Log))
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{offset} {line}");
            if (hasStates)
            {
                var key = line[..line.IndexOf(' ', StringComparison.Ordinal)];
                var (count, sum) = totals.GetValueOrDefault(key);
                totals[key] = (count + 1, sum + offset);
                text = string.Create(CultureInfo.InvariantCulture, $"{text} {count + 1} {sum + offset}");
            }

            expected.Add(text);
            offset += line.Length + 1;
        }

        Assert.That(File.ReadLines(child.ExactlyOnce).SequenceEqual(expected), Is.True, "The file that knows positions holds each record once, in order.");

        var seen = new HashSet<string>(Records);
        var firsts = File.ReadLines(child.AtLeastOnce).Where(seen.Add).ToList();
        Assert.That(firsts.SequenceEqual(expected), Is.True, "Each record is there at least once, and in order when it comes first.");
        var lines = File.ReadLines(child.PlainText).ToHashSet();
        Assert.That(expected.TrueForAll(lines.Contains), Is.True, "The text file has each record at least once, whole.");
        TestContext.Out.WriteLine($"{kills} kills; {File.ReadLines(child.AtLeastOnce).Count() - expected.Count} records were written again");
    }

    private static IEnumerable<(long Offset, long Next)> LinesOf(string path)
    {
        foreach (var line in File.ReadLines(path))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && long.TryParse(line.AsSpan(0, space), CultureInfo.InvariantCulture, out var offset))
            {
                yield return (offset, offset + line.Length - space);
            }
        }
    }

    private static long Committed(CrashChild child)
    {
        if (!File.Exists(child.Checkpoints))
        {
            return 0;
        }

        using var connection = new SqliteConnection($"Data Source={child.Checkpoints};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_schema WHERE name = 'positions'";
        if ((long)command.ExecuteScalar()! == 0)
        {
            return 0;
        }

        command.CommandText = "SELECT coalesce(max(position), 0) FROM positions";
        return (long)command.ExecuteScalar()!;
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
