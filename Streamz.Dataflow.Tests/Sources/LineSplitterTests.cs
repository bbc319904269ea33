using System.Text;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture]
internal sealed class LineSplitterTests
{
    [TestCase("a\nb\r\nc", null, "a|b|c")]
    [TestCase("a\n\n\r\n", null, "a||")]
    [TestCase("a\rb\n", null, "a\rb")]
    [TestCase("a\r\nb\n", "\n", "a\r|b")]
    [TestCase("a<>b<<>c<", "<>", "a|b<|c<")]
    [TestCase("größe\n日本語\n😀", null, "größe|日本語|😀")]
    [TestCase("\uFEFFa\n\uFEFFb\n", null, "a|\uFEFFb")]
    [TestCase("", null, "")]
    public void Splitter_AnyPieces_GiveTheSameLines(string text, string? delimiter, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= bytes.Length + 1; size++)
        {
            var splitter = new LineSplitter(Encoding.UTF8, delimiter, 100);
            var lines = new List<string>();
            foreach (var piece in bytes.Chunk(size))
            {
                splitter.Append(piece);
                TakeAll(splitter, lines);
            }

            if (splitter.TryTakeRest(out var rest))
            {
                lines.Add(rest);
            }

            Assert.That(string.Join('|', lines), Is.EqualTo(expected), $"in pieces of {size}");
        }
    }

    [Test]
    public void Splitter_LongText_KeepsOnlyTheLineThatIsNotComplete()
    {
        var splitter = new LineSplitter(Encoding.UTF8, null, 1000);
        var expected = Enumerable.Range(0, 5000).Select(i => new string((char)('a' + (i % 26)), i % 300)).ToList();
        var lines = new List<string>();
        foreach (var piece in Encoding.UTF8.GetBytes(string.Concat(expected.Select(line => line + "\n"))).Chunk(777))
        {
            splitter.Append(piece);
            TakeAll(splitter, lines);
        }

        Assert.That(lines, Is.EqualTo(expected));
        Assert.That(splitter.TryTakeRest(out _), Is.False);
    }

    [TestCase("12345", true)]
    [TestCase("12345\n", true)]
    [TestCase("123456", false)]
    [TestCase("123456\n", false)]
    public void Splitter_MaxLength_IsTheLastThatPasses(string text, bool passes)
    {
        var splitter = new LineSplitter(Encoding.UTF8, null, 5);
        splitter.Append(Encoding.UTF8.GetBytes(text));

        Assert.That(
            () => splitter.TryTake(out _) || splitter.TryTakeRest(out _),
            passes ? Is.True : Throws.TypeOf<InvalidDataException>().With.Message.Contains("longer than 5 characters").And.Message.Contains("maxLineLength"));
    }

    [Test]
    public void Splitter_AfterItsRest_BeginsAnew()
    {
        var splitter = new LineSplitter(Encoding.UTF8, null, 100);
        splitter.Append("a\nb"u8);
        splitter.TryTake(out _);
        splitter.TryTakeRest(out _);

        splitter.Append("\uFEFFc\n"u8);

        Assert.That(splitter.TryTake(out var line), Is.True);
        Assert.That(line, Is.EqualTo("c"));
    }

    private static void TakeAll(LineSplitter splitter, List<string> lines)
    {
        while (splitter.TryTake(out var line))
        {
            lines.Add(line);
        }
    }
}
