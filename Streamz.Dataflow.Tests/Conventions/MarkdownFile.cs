using System.Text.RegularExpressions;

namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>A code block of a page, with what the page says about it in comments that readers do not see.</summary>
/// <param name="Page">The path of the page, relative to the root.</param>
/// <param name="Line">The number of the fence.</param>
/// <param name="Language">The language of the fence.</param>
/// <param name="Text">The code; of one that continues others, with theirs.</param>
/// <param name="Marks">The comments right above the block, for example <c>continues</c>, <c>output</c>, <c>file: …</c> or <c>draws: …</c>.</param>
internal sealed record CodeBlock(string Page, int Line, string Language, string Text, IReadOnlyList<string> Marks)
{
    public override string ToString() => $"{Page}({Line})";

    /// <summary>What follows a mark such as <c>file:</c>; null if the block has none.</summary>
    public string? Mark(string name) =>
        Marks.FirstOrDefault(mark => mark.StartsWith(name, StringComparison.Ordinal))?[name.Length..].TrimStart(':').Trim();
}

/// <summary>A page of the documentation.</summary>
internal sealed partial class MarkdownFile
{
    private static readonly Lazy<IReadOnlyList<MarkdownFile>> s_all = new(() =>
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Repository.Files("docs", "*.md"))
            .Concat(Directory.EnumerateDirectories(Repository.Root, "Streamz.Dataflow*").SelectMany(folder => Repository.Files(Path.GetFileName(folder), "*.md")))
            .Select(path => new MarkdownFile(path)),
    ]);

    private MarkdownFile(string path)
    {
        FullPath = path;
        Page = Repository.Relative(path);
        Text = File.ReadAllText(path).ReplaceLineEndings("\n");
        Given = string.Join('\n', GivenComment().Matches(Text).Select(match => match.Groups[1].Value));
        Blocks = [.. ReadBlocks()];
    }

    public static IReadOnlyList<MarkdownFile> All => s_all.Value;

    public string FullPath { get; }

    public string Page { get; }

    public string Text { get; }

    /// <summary>Members that the blocks of the page may use, from comments that begin with <c>given</c>.</summary>
    public string Given { get; }

    public IReadOnlyList<CodeBlock> Blocks { get; }

    /// <summary>The text without code, whose brackets are no links.</summary>
    public string Prose => InlineCode().Replace(Fence().Replace(Text, ""), "");

    public IEnumerable<string> Anchors =>
        Heading().Matches(Fence().Replace(Text, "")).Select(match => NotInSlug().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    public override string ToString() => Page;

    private IEnumerable<CodeBlock> ReadBlocks()
    {
        var code = "";
        foreach (Match match in Fence().Matches(Text))
        {
            var marks = Comment().Matches(match.Groups["marks"].Value).Select(mark => mark.Groups[1].Value).ToList();
            var language = match.Groups["language"].Value;
            var text = match.Groups["code"].Value;
            if (language == "csharp")
            {
                code = marks.Contains("continues") ? $"{code}\n{text}" : text;
                text = code;
            }

            yield return new CodeBlock(Page, Text[..match.Groups["code"].Index].Count(c => c == '\n'), language, text, marks);
        }
    }

    [GeneratedRegex(@"(?<marks>(?:^<!-- [^\n]+ -->\n)*)^```(?<language>\w*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^<!-- ([^\n]+) -->$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^<!-- given\n(.*?)-->", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex GivenComment();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex InlineCode();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInSlug();
}
