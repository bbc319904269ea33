using System.Text;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture]
internal sealed class LogLinesTests
{
    [Test]
    public void TryTake_BytesInPiecesOfAnySize_GivesTheLinesAndWhereTheyAre([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var text = string.Concat(Enumerable.Range(0, 200).Select(_ => new string(random.Next(2) == 0 ? 'x' : 'ö', random.Next(60)) + (random.Next(4) == 0 ? "\r\n" : "\n")));
        var bytes = Encoding.UTF8.GetBytes(text + "rest");
        var start = random.Next(1_000);
        var lines = new LogLines(1_000);
        lines.Begin(start);
        var records = new List<LogRecord>();

        for (var at = 0; at < bytes.Length;)
        {
            var room = lines.MakeRoom();
            var count = Math.Min(Math.Min(room.Length, random.Next(1, 300)), bytes.Length - at);
            bytes.AsMemory(at, count).CopyTo(room);
            lines.Append(count);
            at += count;
            while (lines.TryTake(out var record))
            {
                records.Add(record);
            }
        }

        Assert.That(lines.End, Is.EqualTo(start + bytes.Length));
        Assert.That(records.Select(record => record.Text), Is.EqualTo(text.Split('\n')[..^1].Select(line => line.TrimEnd('\r'))));
        Assert.That(records.Select(record => Encoding.UTF8.GetString(bytes.AsSpan((int)(record.Offset - start)..(int)(record.Next - start)))), Has.All.EndsWith("\n"));
    }

    [Test]
    public void TryTake_LineAsLongAsAllowed_IsTakenAndALongerOneRefused()
    {
        Assert.That(Take("1234\n", 4).Text, Is.EqualTo("1234"));
        Assert.That(() => Take("12345\n", 4), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => Take("12345", 4), Throws.TypeOf<InvalidDataException>(), "It is not read to its end first.");
    }

    private static LogRecord Take(string text, int maxLength)
    {
        var lines = new LogLines(maxLength);
        var count = Encoding.UTF8.GetBytes(text, lines.MakeRoom().Span);
        lines.Append(count);
        lines.TryTake(out var record);
        return record;
    }
}
