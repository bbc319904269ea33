namespace Streamz.Dataflow.Tests.Parity;

/// <summary>Keeps the table of lines, the tests and <c>docs/parity.md</c> in step.</summary>
[TestFixture]
public sealed class ParityDocumentTests
{
    private static readonly Type[] s_testAttributes = [typeof(TestAttribute), typeof(TestCaseAttribute), typeof(TestCaseSourceAttribute)];

    /// <summary>The document says what the tests show.</summary>
    [Test]
    public void Document_Generated_IsTheOneCheckedIn()
    {
        var document = ParityTable.Load().ToDocument();
        if (Environment.GetEnvironmentVariable("STREAMZ_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(ParityTable.DocumentPath())!);
            File.WriteAllText(ParityTable.DocumentPath(), document);
        }

        Assert.That(
            File.Exists(ParityTable.DocumentPath()) ? File.ReadAllText(ParityTable.DocumentPath()).ReplaceLineEndings("\n") : "",
            Is.EqualTo(document),
            "docs/parity.md is out of date. Run the tests with STREAMZ_APPROVE=1.");
    }

    /// <summary>Nothing that streamz does is passed over in silence.</summary>
    [Test]
    public void Lines_NotPythonOnly_HaveATestOrAReason()
    {
        var table = ParityTable.Load();

        Assert.That(
            table.Lines.Where(line => line.Mark != "p" && line.Reason is null && table.TestsOf(line).Count == 0).Select(line => $"{line.Section} {line.Name}"),
            Is.Empty);
    }

    /// <summary>A test names a line that exists, with its mark.</summary>
    [Test]
    public void Tests_Named_NameAKnownLine()
    {
        var known = ParityTable.Load().Lines.Select(line => (line.Section, line.Name, line.Mark)).ToHashSet();

        Assert.That(
            ParityTable.Load().Coverings
                .Where(covering => !known.Contains((covering.Attribute.Section, covering.Attribute.Line, covering.Attribute.Mark)))
                .Select(covering => $"{covering.Text}: {covering.Attribute.Section} {covering.Attribute.Line} {covering.Attribute.Mark}"),
            Is.Empty);
    }

    /// <summary>A line is named once, in a known section, with a known mark.</summary>
    [Test]
    public void Lines_All_AreWellFormed()
    {
        var lines = ParityTable.Load().Lines;

        Assert.That(lines.Select(line => $"{line.Section} {line.Name}"), Is.Unique);
        Assert.That(lines.Select(line => line.Section).Distinct(), Is.SubsetOf(ParityTable.Sections));
        Assert.That(lines.Select(line => line.Mark).Distinct(), Is.SubsetOf(new[] { "=", "~", "!", "p" }));
        Assert.That(lines.Select(line => line.Intent), Has.All.Not.Empty);
    }

    /// <summary>What names a line is a test, not a helper.</summary>
    [Test]
    public void Coverings_All_AreTests() =>
        Assert.That(
            ParityTable.Load().Coverings
                .Where(covering => !Array.Exists(s_testAttributes, attribute => covering.Test.IsDefined(attribute, false)))
                .Select(covering => covering.Text),
            Is.Empty);

    /// <summary>Each of the 38 defects has its line, and each of the 30 traps its test.</summary>
    [Test]
    public void DefectsAndTraps_All_AreListed()
    {
        var table = ParityTable.Load();

        Assert.That(
            table.Lines.Where(line => line.Section == "defects").Select(line => line.Name),
            Is.EqualTo(Enumerable.Range(1, 38).Select(number => $"D{number}")));
        Assert.That(
            table.Coverings.Where(covering => covering.Attribute is TrapAttribute).Select(covering => covering.Attribute.Line).Distinct(),
            Is.EquivalentTo(Enumerable.Range(1, 30).Select(number => $"T{number}")));
    }
}
