using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>Turns documentation comments into Markdown on one line.</summary>
internal static partial class DocText
{
    private static readonly string[] s_facts = ["Order", "Buffering", "Back-pressure", "Completion", "Faults"];

    public static string Of(XElement? element) => element is null ? "" : Clean(element.Nodes());

    /// <summary>The facts of the remarks in their fixed order, and what else they say.</summary>
    public static (IReadOnlyList<(string Name, string Text)> Facts, IReadOnlyList<string> Notes) Facts(XElement? remarks)
    {
        var facts = new List<(string Name, string Text)>();
        var notes = new List<string>();
        foreach (var paragraph in Paragraphs(remarks))
        {
            var parts = FactHead().Split(Clean(paragraph));
            if (parts[0].Length > 0)
            {
                notes.Add(parts[0].Trim());
            }

            for (var part = 1; part + 1 < parts.Length; part += 2)
            {
                // What follows the first sentence of the last fact is about the operator as a whole.
                var isLast = part + 2 >= parts.Length;
                var sentences = isLast ? SentenceEnd().Split(parts[part + 1].Trim(), 2) : [parts[part + 1].Trim()];
                facts.Add((parts[part], Capitalized(sentences[0])));
                notes.AddRange(sentences.Skip(1));
            }
        }

        return (facts.OrderBy(fact => Array.IndexOf(s_facts, fact.Name)).ToList(), notes);
    }

    public static string NameOf(string cref)
    {
        var name = Arity().Replace(cref[(cref.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('(')[0].Split('.')[^1], "");
        return name.EndsWith("Operator", StringComparison.Ordinal) ? name[..^"Operator".Length] : name;
    }

    private static IEnumerable<IEnumerable<XNode>> Paragraphs(XElement? remarks)
    {
        var loose = new List<XNode>();
        foreach (var node in remarks?.Nodes() ?? [])
        {
            if (node is XElement { Name.LocalName: "para" } paragraph)
            {
                yield return loose;
                loose = [];
                yield return paragraph.Nodes();
            }
            else
            {
                loose.Add(node);
            }
        }

        yield return loose;
    }

    private static string Clean(IEnumerable<XNode> nodes) => Spaces().Replace(string.Concat(nodes.Select(Of)), " ").Trim();

    private static string Of(XNode node) => node switch
    {
        XText text => Escape(text.Value),
        XElement { Name.LocalName: "see" or "seealso" } see when see.Attribute("langword") is { } word => $"`{word.Value}`",
        XElement { Name.LocalName: "see" or "seealso" } see when see.Attribute("href") is { } link => $"[{(see.Value.Length > 0 ? see.Value : link.Value)}]({link.Value})",
        XElement { Name.LocalName: "see" or "seealso" } see => $"`{NameOf((string)see.Attribute("cref")!)}`",
        XElement { Name.LocalName: "paramref" or "typeparamref" } reference => $"`{(string)reference.Attribute("name")!}`",
        XElement { Name.LocalName: "c" or "code" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "b" } bold => $"**{Clean(bold.Nodes())}**",
        XElement { Name.LocalName: "para" } paragraph => $" {Clean(paragraph.Nodes())} ",
        XElement other => Clean(other.Nodes()),
        _ => "",
    };

    private static string Escape(string text) => new StringBuilder(text).Replace("|", "\\|").Replace("<", "&lt;").Replace("*", "\\*").ToString();

    private static string Capitalized(string text) => text.Length > 0 && char.IsAsciiLetterLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    [GeneratedRegex(@"\*\*(Order|Buffering|Back-pressure|Completion|Faults):?\*\*:?")]
    private static partial Regex FactHead();

    [GeneratedRegex(@"(?<=\.) (?=[A-Z`])")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"`+\d+|\{.*")]
    private static partial Regex Arity();
}
