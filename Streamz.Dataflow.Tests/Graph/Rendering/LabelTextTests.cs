using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Graph.Rendering;

/// <summary>Tests of the cleaning and wrapping of labels.</summary>
[TestFixture]
public sealed class LabelTextTests
{
    /// <summary>What would break a line becomes a space.</summary>
    [TestCase("map\nIncrement", "map Increment")]
    [TestCase("map\r\n\t  Increment", "map Increment")]
    [TestCase("  map  ", "map")]
    [TestCase("a\u0000b\u001Bc\u0085d", "a b c d")]
    [TestCase("a\u2028b", "a b")]
    [TestCase("JFDSM*(@&$:FFDS:;;", "JFDSM*(@&$:FFDS:;;")]
    [TestCase("", "")]
    [TestCase(null, "")]
    [TestCase("\n\n", "")]
    public void Clean_ControlCharacters_CollapseToASpace(string? text, string expected) =>
        Assert.That(LabelText.Clean(text), Is.EqualTo(expected));

    /// <summary>What no XML document may hold, or what would reorder its surroundings, is dropped.</summary>
    [Test]
    public void Clean_IllegalCharacters_AreDropped() =>
        Assert.That(LabelText.Clean("a\uFFFEb\uFFFFc\uFEFFd\u202Ee\u2066f"), Is.EqualTo("abcdef"));

    /// <summary>A half of a surrogate pair is replaced.</summary>
    [Test]
    public void Clean_LoneSurrogate_IsReplaced() =>
        Assert.That(LabelText.Clean("a" + new string((char)0xD800, 1) + "b"), Is.EqualTo("a\uFFFDb"));

    /// <summary>Emoji joined from several code points and right-to-left text stay as they are.</summary>
    [TestCase("👩‍👩‍👧‍👦 family")]
    [TestCase("שלום עולם")]
    public void Clean_Unicode_IsKept(string text) => Assert.That(LabelText.Clean(text), Is.EqualTo(text));

    /// <summary>Short text stays on one line.</summary>
    [Test]
    public void Wrap_ShortText_IsOneLine() =>
        Assert.That(LabelText.Wrap("map Increment", 28, 2), Is.EqualTo(new[] { "map Increment" }));

    /// <summary>Empty text has no lines.</summary>
    [Test]
    public void Wrap_Nothing_HasNoLines() => Assert.That(LabelText.Wrap(string.Empty, 28, 2), Is.Empty);

    /// <summary>Long text breaks at a space.</summary>
    [Test]
    public void Wrap_LongText_BreaksAtASpace() =>
        Assert.That(
            LabelText.Wrap("sink_to_textfile orders-archive.jsonl", 28, 2),
            Is.EqualTo(new[] { "sink_to_textfile", "orders-archive.jsonl" }));

    /// <summary>Text that fits nowhere ends with an ellipsis.</summary>
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Wrap_TooLongText_EndsWithAnEllipsis(int lines)
    {
        var wrapped = LabelText.Wrap(new string('x', 500), 28, lines);

        Assert.That(wrapped, Has.Count.EqualTo(lines));
        Assert.That(wrapped, Has.All.Length.LessThanOrEqualTo(28));
        Assert.That(wrapped[^1], Does.EndWith("…"));
    }

    /// <summary>A character made of several code points is never cut.</summary>
    [Test]
    public void Wrap_Emoji_IsNeverCut()
    {
        var wrapped = LabelText.Wrap(string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 40)), 5, 2);

        Assert.That(wrapped[0], Is.EqualTo(string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 5))));
        Assert.That(wrapped[1], Is.EqualTo(string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 4)) + "…"));
    }

    /// <summary>Wider text measures wider.</summary>
    [Test]
    public void Width_WiderText_IsWider()
    {
        Assert.That(TextMeasure.Width("WWW", 13, bold: false), Is.GreaterThan(TextMeasure.Width("iii", 13, bold: false)));
        Assert.That(TextMeasure.Width("map", 13, bold: true), Is.GreaterThan(TextMeasure.Width("map", 13, bold: false)));
        Assert.That(TextMeasure.Width("漢字", 13, bold: false), Is.GreaterThanOrEqualTo(26));
    }
}
