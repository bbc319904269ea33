using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>Writes the pages of the catalogue as Markdown.</summary>
internal static class PageWriter
{
    private const int ShownOverloads = 3;
    private const string Generated =
        "<!-- Generated from the public documentation and the examples in Streamz.Dataflow.Tests/Catalogue/Examples. "
        + "After a change, run the tests with STREAMZ_APPROVE=1. -->\n";

    public static string Write(CataloguePage page, IReadOnlyList<PlayedExample> examples)
    {
        var text = new StringBuilder(Generated);
        text.Append(CultureInfo.InvariantCulture, $"# {page.Name}\n\n{page.Summary}\n");
        foreach (var example in examples)
        {
            AppendExample(text, example);
        }

        AppendContract(text, page);
        AppendOverloads(text, page);
        AppendParameters(text, page);
        AppendErrors(text, page);
        text.Append(CultureInfo.InvariantCulture, $"\n---\n[All operators](README.md) · {page.Theme.Title()}\n");
        return text.ToString();
    }

    public static string WriteIndex(IReadOnlyList<CataloguePage> pages)
    {
        var text = new StringBuilder(Generated);
        text.Append("# Operators\n\n");
        text.Append("Each page has a compiled example, what it gave, its marble diagram, and the contract of the operator: order, buffering, back-pressure, completion, faults.\n\n");
        text.Append("**How to read a diagram.** Time goes from left to right, in seconds. A row is a stream, a pill an element; elements of one moment hang below one another. ");
        text.Append("The box is the operator. A bar is the end of a stream, a cross its failure, an arrow a stream that goes on.\n");
        foreach (var theme in pages.GroupBy(page => page.Theme).OrderBy(theme => theme.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {theme.Key.Title()}\n\n| | |\n|---|---|\n");
            foreach (var page in theme)
            {
                text.Append(CultureInfo.InvariantCulture, $"| [{page.Name}]({page.FileName}) | {page.Summary} |\n");
            }
        }

        return text.ToString();
    }

    private static void AppendExample(StringBuilder text, PlayedExample example)
    {
        if (example.About.Heading is { } heading)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {heading}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n{example.About.Caption}\n\n");
        var given = example.Timeline.Inputs.Where(row => !row.IsSignal).Select(row => $"`{row.Type} {row.Name}`").ToList();
        if (given.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Given {(given.Count == 1 ? given[0] : $"{string.Join(", ", given.SkipLast(1))} and {given[^1]}")}:\n\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"<!-- cut from: {example.Code.Path} -->\n```csharp\n{example.Code.Text}\n```\n\n");
        text.Append(CultureInfo.InvariantCulture, $"![{example.Diagram.Title.Replace("]", "", StringComparison.Ordinal).Replace("[", "", StringComparison.Ordinal)}](images/{example.Picture})\n\n");
        text.Append(CultureInfo.InvariantCulture, $"```text\n{TimelineTable.Of(example.Timeline)}```\n");
    }

    private static void AppendContract(StringBuilder text, CataloguePage page)
    {
        var remarks = page.Methods.Select(method => XmlDocs.Of(method.Id).Element("remarks")).Prepend(OfType(page)).FirstOrDefault(each => DocText.Facts(each).Facts.Count > 0);
        var (facts, notes) = DocText.Facts(remarks);
        if (facts.Count == 0)
        {
            return;
        }

        text.Append("\n## Contract\n\n| | |\n|---|---|\n");
        foreach (var (name, fact) in facts)
        {
            text.Append(CultureInfo.InvariantCulture, $"| **{name}** | {fact} |\n");
        }

        foreach (var note in notes)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{note}\n");
        }
    }

    private static XElement? OfType(CataloguePage page)
    {
        var type = page.Methods[0].Id[2..].Split('(')[0];
        return XmlDocs.Of($"T:{type[..type.LastIndexOf('.')]}").Element("remarks");
    }

    /// <summary>Overloads that say the same share a block.</summary>
    private static void AppendOverloads(StringBuilder text, CataloguePage page)
    {
        text.Append("\n## Signatures\n");
        var groups = page.Methods.GroupBy(method => DocText.Of(XmlDocs.Of(method.Id).Element("summary"))).ToList();
        for (var number = 0; number < groups.Count; number++)
        {
            // The same for more and more types is of no interest to most.
            if (number == ShownOverloads && groups.Count > ShownOverloads + 1)
            {
                text.Append("\n<details>\n<summary>More overloads</summary>\n");
            }

            var signatures = string.Join("\n\n", groups[number].Select(method => method.Signature));
            text.Append(CultureInfo.InvariantCulture, $"\n{groups[number].Key}\n\n<!-- signatures -->\n```csharp\n{signatures}\n```\n");
        }

        text.Append(groups.Count > ShownOverloads + 1 ? "\n</details>\n" : "");
    }

    private static void AppendParameters(StringBuilder text, CataloguePage page)
    {
        var lines = (
            from method in page.Methods
            let docs = XmlDocs.Of(method.Id)
            from parameter in method.Parameters
            let meaning = DocText.Of(docs.Elements("param").FirstOrDefault(each => (string?)each.Attribute("name") == parameter.Name))
            select (parameter.Name, Line: $"| `{parameter.Name}` | {(parameter.Default is null ? "" : $"`{parameter.Default}`")} | {meaning} |\n"))
            .Distinct()
            .GroupBy(each => each.Name, each => each.Line)
            .SelectMany(each => each);
        text.Append(CultureInfo.InvariantCulture, $"\n## Parameters\n\n| parameter | default | |\n|---|---|---|\n{string.Concat(lines)}");
        var returns = page.Methods.Select(method => DocText.Of(XmlDocs.Of(method.Id).Element("returns"))).Where(each => each.Length > 0).Distinct().ToList();
        if (returns.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n**Returns** {string.Join(" Or: ", returns.Select(each => char.ToLowerInvariant(each[0]) + each[1..]))}\n");
        }
    }

    private static void AppendErrors(StringBuilder text, CataloguePage page)
    {
        var lines = page.Methods.SelectMany(method => XmlDocs.Of(method.Id).Elements("exception"))
            .Select(exception => $"| `{DocText.NameOf((string)exception.Attribute("cref")!)}` | {DocText.Of(exception)} |\n")
            .Distinct()
            .GroupBy(line => line.Split('`')[1])
            .SelectMany(each => each)
            .ToList();
        if (lines.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Refused at the call\n\n| | |\n|---|---|\n{string.Concat(lines)}");
        }
    }
}
