using System.Text;
using System.Text.Json;
using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

[TestFixture]
[CancelAfter(30_000)]
public sealed class AccessLogSampleTests
{
    private const string Good = """1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 10 "-" "-" """;
    private const string Quoted = """::1 - - [17/May/2015:10:05:04 +0000] "GET /\"q\" HTTP/1.1" 404 - "-" "a \"b\"" """;
    private const string BadDate = """1.2.3.4 - - [31/Feb/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 10 "-" "-" """;

    [Test]
    public async Task AccessLog_CraftedInput_CountsEveryLine()
    {
        var input = $"{Good.Trim()}\r\n\n{Quoted.Trim()}\n{BadDate.Trim()}\nhalf\rline\n\u00ff\u00fe\n{Good.Trim()}";

        var run = await SampleRun.OfAsync(["access-log", "-", "--json"], input);

        Assert.Multiple(() =>
        {
            Assert.That(run.Error, Is.Empty);
            Assert.That(
                run.Output,
                Is.EqualTo("""{"lines":7,"malformed":4,"byStatus":{"200":2,"404":1},"bytes":20,"topPaths":[{"path":"/a","count":2},{"path":"/\"q\"","count":1}],"clients":2,"busiestMinute":{"minute":"2015-05-17T10:05+00:00","count":3}}""" + "\n"));
        });
    }

    [Test]
    public async Task AccessLog_NoInput_HasNoLines() =>
        Assert.That((await SampleRun.OfAsync(["access-log", "-", "--json"])).Output, Does.StartWith("""{"lines":0,"malformed":0,"""));

    [Test]
    public async Task AccessLog_SeveralFiles_NumbersLinesOnAcrossThem()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var first = Path.Combine(folder.FullName, "first.log");
            var second = Path.Combine(folder.FullName, "second.log");
            await File.WriteAllTextAsync(first, $"{Good.Trim()}\n{Good.Trim()}");
            await File.WriteAllTextAsync(second, $"\uFEFF{Good.Trim()}\nbroken\n");

            var run = await SampleRun.OfAsync(["access-log", first, second]);

            Assert.That(run.Output, Does.Match(@"lines +4\n").And.Contains("line 4  broken\n"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public async Task AccessLog_MissingFile_SaysWhichAndExitsWithOne()
    {
        var run = await SampleRun.OfAsync(["access-log", "-", "no-such.log", "--json"]);

        Assert.That(run, Is.EqualTo(new SampleRun(1, "", "access-log: no-such.log: no such file\n")));
    }

    [Test]
    public async Task AccessLog_RealLog_HasTheKnownFigures()
    {
        var run = await SampleRun.OfAsync(["access-log", RealLog.PathOrIgnore(), "--json"]);

        using var json = JsonDocument.Parse(run.Output);
        var root = json.RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(root.EnumerateObject().Select(key => key.Name), Is.EqualTo(new[] { "lines", "malformed", "byStatus", "bytes", "topPaths", "clients", "busiestMinute" }));
            Assert.That(root.GetProperty("lines").GetInt64(), Is.EqualTo(10_000));
            Assert.That(root.GetProperty("malformed").GetInt64(), Is.EqualTo(1));
            Assert.That(root.GetProperty("bytes").GetInt64(), Is.EqualTo(2_747_282_505));
            Assert.That(root.GetProperty("clients").GetInt64(), Is.EqualTo(1_753));
            Assert.That(root.GetProperty("byStatus").ToString(), Is.EqualTo("""{"200":9125,"206":45,"301":164,"304":445,"403":2,"404":213,"416":2,"500":3}"""));
            Assert.That(root.GetProperty("busiestMinute").ToString(), Is.EqualTo("""{"minute":"2015-05-19T19:05+00:00","count":136}"""));
        });
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(64)]
    public async Task Reader_BlocksOfAnySize_GiveTheSameFigures(int blockSize)
    {
        var log = Encoding.UTF8.GetBytes($"{Good.Trim()}\n\n{Quoted.Trim()}\r\n{new string('x', 5_000)}\n{Good.Trim()}");
        var total = new AccessLogSummary();
        var reader = new LogReader(new LogFiles(["-"], () => new MemoryStream(log)), blockSize, longestLine: 1_000);

        await foreach (var block in reader.ReadAsync())
        {
            total.Merge(block.Summarize());
        }

        Assert.Multiple(() =>
        {
            Assert.That(total.Lines, Is.EqualTo(5));
            Assert.That(total.FirstMalformed.Select(line => line.Number), Is.EqualTo(new[] { 2L, 4L }));
            Assert.That(reader.BytesRead, Is.EqualTo(log.Length));
        });
    }
}
