using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

[TestFixture]
public sealed class AccessLogSummaryTests
{
    private static readonly DateTimeOffset _start = new(2015, 5, 17, 10, 5, 3, TimeSpan.FromHours(2));

    [Test]
    public void Summary_Nothing_HasNothing()
    {
        var summary = new AccessLogSummary();

        Assert.Multiple(() =>
        {
            Assert.That((summary.Lines, summary.Malformed, summary.Bytes, summary.Clients), Is.EqualTo((0L, 0L, 0L, 0)));
            Assert.That(summary.FirstMalformed, Is.Empty);
            Assert.That(summary.ByStatus, Is.Empty);
            Assert.That(summary.TopPaths(10), Is.Empty);
            Assert.That(summary.BusiestMinute, Is.Null);
        });
    }

    [Test]
    public void Summary_MalformedLines_CountAsLinesOnly()
    {
        var summary = Of(new LogLine());
        summary.AddMalformed(2, "junk");

        Assert.Multiple(() =>
        {
            Assert.That((summary.Lines, summary.Malformed, summary.Clients), Is.EqualTo((2L, 1L, 1)));
            Assert.That(summary.FirstMalformed, Is.EqualTo(new[] { new MalformedLine(2, "junk") }));
            Assert.That(summary.ByStatus.Values.Sum(), Is.EqualTo(1));
        });
    }

    [Test]
    public void Summary_MalformedLinesInAnyOrder_KeepsTheFiveFirst()
    {
        var summary = new AccessLogSummary();
        foreach (var number in new long[] { 9, 3, 7, 1, 8, 2, 6, 4, 5 })
        {
            summary.AddMalformed(number, $"line {number}");
        }

        Assert.That(summary.Malformed, Is.EqualTo(9));
        Assert.That(summary.FirstMalformed.Select(line => line.Number), Is.EqualTo(new long[] { 1, 2, 3, 4, 5 }));
    }

    [Test]
    public void Summary_MalformedText_IsFitForATerminal()
    {
        var summary = new AccessLogSummary();
        summary.AddMalformed(1, "\u001B[31m" + new string('a', 300) + "\r");
        summary.AddMalformed(2, "\r");

        Assert.That(
            summary.FirstMalformed.Select(line => line.Text),
            Is.EqualTo(new[] { "\\x1b[31m" + new string('a', 191) + "…", string.Empty }));
    }

    [Test]
    public void Summary_Statuses_AreCountedInOrder()
    {
        var summary = Of([.. new[] { "404", "200", "500", "200" }.Select(status => new LogLine { Status = status })]);

        Assert.That(
            summary.ByStatus,
            Is.EqualTo(new[] { KeyValuePair.Create(200, 2L), KeyValuePair.Create(404, 1L), KeyValuePair.Create(500, 1L) }));
    }

    [Test]
    public void Summary_BytesBeyondLong_StayAtTheLargest()
    {
        var huge = new LogLine { Bytes = "9223372036854775807" };

        Assert.That(Of(huge, new LogLine { Bytes = "-" }).Bytes, Is.EqualTo(long.MaxValue));
        Assert.That(Of(huge, huge).Bytes, Is.EqualTo(long.MaxValue));
    }

    [Test]
    public void Summary_TopPaths_AreByCountThenOrdinal()
    {
        var requests = new[] { "/b", "/a", "/B", "/c", "/c", "-", "/a?x", "/é" };
        var summary = Of([.. requests.Select(path => new LogLine { Request = $"GET {path} HTTP/1.1" })]);

        Assert.That(summary.TopPaths(4).Select(path => path.Path), Is.EqualTo(new[] { "/c", "-", "/B", "/a" }));
        Assert.That(summary.TopPaths(100), Has.Count.EqualTo(7));
    }

    [Test]
    public void Summary_RequestWithoutPath_CountsEverywhereButInPaths()
    {
        var summary = Of(new LogLine { Request = "-", Status = "408" });

        Assert.Multiple(() =>
        {
            Assert.That(summary.TopPaths(10), Is.Empty);
            Assert.That(summary.ByStatus[408], Is.EqualTo(1));
            Assert.That((summary.Lines, summary.Malformed, summary.Bytes, summary.Clients), Is.EqualTo((1L, 0L, 1234L, 1)));
            Assert.That(summary.BusiestMinute?.Count, Is.EqualTo(1));
        });
    }

    [Test]
    public void Summary_ClientsOfDifferentCase_AreDifferent() =>
        Assert.That(Of(new LogLine { Origin = "A - -" }, new LogLine { Origin = "a - -" }, new LogLine { Origin = "a x y" }).Clients, Is.EqualTo(2));

    [Test]
    public void Summary_BusiestMinuteTied_IsTheEarliest()
    {
        var summary = OfTimes("17/May/2015:10:06:00 +0000", "17/May/2015:10:05:59 +0000", "17/May/2015:10:07:00 +0000");

        Assert.That(Shown(summary.BusiestMinute), Is.EqualTo("2015-05-17T10:05+00:00 1"));
    }

    [Test]
    public void Summary_LogThatGoesBackInTime_CountsTheMinuteAsOne()
    {
        var summary = OfTimes("17/May/2015:10:05:59 +0000", "17/May/2015:10:06:00 +0000", "17/May/2015:10:05:00 +0000");

        Assert.That(Shown(summary.BusiestMinute), Is.EqualTo("2015-05-17T10:05+00:00 2"));
    }

    [Test]
    public void Summary_SameMinuteInTwoOffsets_IsTwoMinutes()
    {
        var summary = OfTimes("17/May/2015:10:05:00 +0200", "17/May/2015:08:05:00 +0000", "17/May/2015:10:05:30 +0200");

        Assert.That(Shown(summary.BusiestMinute), Is.EqualTo("2015-05-17T10:05+02:00 2"));
    }

    [Test]
    public void Summary_OneInstantInTwoOffsetsTied_DoesNotDependOnTheOrder()
    {
        string[] times = ["17/May/2015:10:05:00 +0200", "17/May/2015:08:05:00 +0000"];

        Assert.That(OfTimes([.. times.Reverse()]).BusiestMinute, Is.EqualTo(OfTimes(times).BusiestMinute));
        Assert.That(Shown(OfTimes(times).BusiestMinute), Is.EqualTo("2015-05-17T08:05+00:00 1"));
    }

    [Test]
    public void Summary_EndsOfTheCalendar_HaveTheirMinute() =>
        Assert.That(
            Shown(OfTimes("01/Jan/0001:00:00:59 +0000", "31/Dec/9999:23:59:59 +0000").BusiestMinute),
            Is.EqualTo("0001-01-01T00:00+00:00 1"));

    [TestCase(1)]
    [TestCase(2)]
    public void Summary_PartsMergedInAnyOrder_EqualTheWhole(int seed)
    {
        var random = new Random(seed);
        var lines = new AccessLogSimulator(seed).Lines(_start, TimeSpan.FromSeconds(0.2)).Take(20_000).ToList();
        var whole = new AccessLogSummary();
        var parts = Enumerable.Range(0, 7).Select(_ => new AccessLogSummary()).ToArray();
        foreach (var (index, line) in lines.Index())
        {
            Add(whole, index + 1, line);
            Add(parts[random.Next(parts.Length)], index + 1, line);
        }

        random.Shuffle(parts);
        var merged = new AccessLogSummary();
        foreach (var part in parts)
        {
            merged.Merge(part);
        }

        Assert.Multiple(() =>
        {
            Assert.That(merged.Malformed, Is.GreaterThan(MalformedLines.Capacity));
            Assert.That(merged.ToJson(), Is.EqualTo(whole.ToJson()));
            Assert.That(merged.ToText(), Is.EqualTo(whole.ToText()));
            Assert.That(merged.TopPaths(int.MaxValue), Is.EqualTo(whole.TopPaths(int.MaxValue)));
        });
    }

    [Test]
    public void Summary_Merged_LeavesTheOtherAsItIs()
    {
        var other = Of(new LogLine());
        other.AddMalformed(2, "junk");
        var before = other.ToText();
        var summary = new AccessLogSummary();
        summary.Merge(other);
        summary.Merge(Of(new LogLine()));

        Assert.That(other.ToText(), Is.EqualTo(before));
    }

    [Test]
    public void Summary_MergedWithItself_Throws()
    {
        var summary = Of(new LogLine());

        Assert.That(() => summary.Merge(summary), Throws.ArgumentException);
        Assert.That(summary.Lines, Is.EqualTo(1));
    }

    private static AccessLogSummary OfTimes(params string[] times) =>
        Of([.. times.Select(time => new LogLine { Time = time })]);

    private static AccessLogSummary Of(params LogLine[] lines)
    {
        var summary = new AccessLogSummary();
        foreach (var line in lines)
        {
            summary.Add(line.Parse());
        }

        return summary;
    }

    private static void Add(AccessLogSummary summary, long number, string line)
    {
        if (AccessLogParser.TryParse(line, out var entry))
        {
            summary.Add(entry);
        }
        else
        {
            summary.AddMalformed(number, line);
        }
    }

    private static string Shown(MinuteCount? minute) => $"{minute?.Minute:yyyy-MM-ddTHH:mmzzz} {minute?.Count}";
}
