using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

[TestFixture]
public sealed class PrintableTextTests
{
    [TestCase("", "")]
    [TestCase("plain \\ text", "plain \\ text")]
    [TestCase("café 日本 😀", "café 日本 😀")]
    [TestCase("a\tb\rc\nd\0e", "a\\tb\\x0dc\\x0ad\\x00e")]
    [TestCase("\u001B[31mred\u007F\u0085", "\\x1b[31mred\\x7f\\x85")]
    [TestCase("a\u202Eb\u200Bc\u2028d", "a\\u202eb\\u200bc\\u2028d")]
    public void PrintableText_Characters_AreShownOrEscaped(string text, string expected) =>
        Assert.That(PrintableText.Of(text), Is.EqualTo(expected));

    // Not a case of its own above: an attribute cannot hold half a character.
    [Test]
    public void PrintableText_HalfACharacter_IsReplaced() => Assert.That(PrintableText.Of("\uD800x"), Is.EqualTo("\uFFFDx"));

    [Test]
    public void PrintableText_TwoHundredCharacters_IsWhole() =>
        Assert.That(PrintableText.Of(new string('a', 200)), Is.EqualTo(new string('a', 200)));

    [Test]
    public void PrintableText_MoreCharacters_EndsInAnEllipsis() =>
        Assert.That(PrintableText.Of(new string('a', 201)), Is.EqualTo(new string('a', 199) + "…"));

    [Test]
    public void PrintableText_CutInsideAnEscapeOrPair_LeavesItOut()
    {
        Assert.That(PrintableText.Of(new string('a', 197) + "\0\0"), Is.EqualTo(new string('a', 197) + "…"));
        Assert.That(PrintableText.Of(new string('a', 198) + "😀b"), Is.EqualTo(new string('a', 198) + "…"));
    }
}
