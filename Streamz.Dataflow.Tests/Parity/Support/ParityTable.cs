using System.Globalization;
using System.Reflection;
using System.Text;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>One line of <c>parity-lines.txt</c>.</summary>
internal sealed record ParityLine(string Section, string Name, string Mark, string Intent, string? Reason);

/// <summary>A test and a line that it shows.</summary>
internal sealed record Covering(MethodInfo Test, CoversAttribute Attribute)
{
    public string Text => $"{Test.DeclaringType!.Name}.{Test.Name}";
}

/// <summary>The lines, the tests that show them, and the document made of both.</summary>
internal sealed class ParityTable
{
    private static readonly (string Section, string Title)[] s_titles =
    [
        ("3.1", "Core (test_core.py, py3_test_core.py)"),
        ("3.2", "Sources (test_sources.py)"),
        ("3.3", "Sinks (test_sinks.py)"),
        ("3.4", "Cluster (test_dask.py)"),
        ("3.5", "Batches (test_batch.py)"),
        ("3.6", "Drawings, plugins and type checks (test_graph.py, test_plugins.py, dataframe_utils)"),
        ("defects", "Defects measured in python-streamz"),
        ("traps", "Traps of TPL Dataflow"),
    ];

    private ParityTable(IReadOnlyList<ParityLine> lines, IReadOnlyList<Covering> coverings)
    {
        Lines = lines;
        Coverings = coverings;
    }

    public static IReadOnlyList<string> Sections { get; } = [.. s_titles.Select(title => title.Section)];

    public IReadOnlyList<ParityLine> Lines { get; }

    public IReadOnlyList<Covering> Coverings { get; }

    public static ParityTable Load() => new(
        [.. File.ReadLines(Path.Combine(Root(), "Streamz.Dataflow.Tests", "Parity", "parity-lines.txt")).Where(line => line.Length > 0 && line[0] != '#').Select(Parse)],
        [.. typeof(ParityTable).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .SelectMany(test => test.GetCustomAttributes<CoversAttribute>().Select(attribute => new Covering(test, attribute)))
            .OrderBy(covering => covering.Text, StringComparer.Ordinal)]);

    public static string DocumentPath() => Path.Combine(Root(), "docs", "parity.md");

    public IReadOnlyList<Covering> TestsOf(ParityLine line) =>
        [.. Coverings.Where(covering => covering.Attribute.Section == line.Section && covering.Attribute.Line == line.Name)];

    public string ToDocument()
    {
        var text = new StringBuilder();
        text.Append("# Parity with python-streamz, and the traps of TPL Dataflow\n\n");
        text.Append("Generated from the tests and `Streamz.Dataflow.Tests/Parity/parity-lines.txt`. After a change, run the tests with `STREAMZ_APPROVE=1`.\n\n");
        text.Append("Marks: `=` as streamz, `~` its intent with the means of .NET, `!` better on purpose, `p` Python only. ");
        text.Append("The tests of Kafka and of data frames are listed when those packages come.\n\n");
        text.Append("| section | lines | tested | later | Python only |\n|---|---:|---:|---:|---:|\n");
        foreach (var (section, title) in s_titles)
        {
            AppendCounts(text, title, [.. Lines.Where(line => line.Section == section)]);
        }

        AppendCounts(text, "**All**", Lines);
        foreach (var (section, title) in s_titles)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| line | mark | our test | state |\n|---|---|---|---|\n");
            foreach (var line in Lines.Where(line => line.Section == section))
            {
                var tests = string.Join("<br>", TestsOf(line).Select(test => $"`{test.Text}`").Distinct());
                text.Append(CultureInfo.InvariantCulture, $"| `{line.Name}` {line.Intent} | `{line.Mark}` | {tests} | {StateOf(line)} |\n");
            }
        }

        return text.ToString();
    }

    private void AppendCounts(StringBuilder text, string title, IReadOnlyList<ParityLine> lines) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {title} | {lines.Count} | {lines.Count(IsTested)} | {lines.Count(line => !IsTested(line) && line.Mark != "p")} | {lines.Count(line => !IsTested(line) && line.Mark == "p")} |\n");

    private bool IsTested(ParityLine line) => TestsOf(line).Count > 0;

    private string StateOf(ParityLine line)
    {
        var state = IsTested(line) ? "tested" : line.Mark == "p" ? "Python only" : "later";
        return line.Reason is null ? state : $"{state}: {line.Reason}";
    }

    private static ParityLine Parse(string line)
    {
        var parts = line.Split('|').Select(part => part.Trim()).ToList();
        if (parts.Count is < 4 or > 5)
        {
            throw new FormatException($"Not 'section | name | mark | intent | reason': {line}");
        }

        return new ParityLine(parts[0], parts[1], parts[2], parts[3], parts.Count == 5 ? parts[4] : null);
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Streamz.Dataflow.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("Streamz.Dataflow.sln is in no folder above the tests.");
    }
}
