using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>
/// What the documentation says is true: its code compiles, what it claims to print is printed, its pictures are drawn by its code,
/// its commands and links lead somewhere.
/// </summary>
[TestFixture, NonParallelizable]
internal sealed partial class DocsTests
{
    private const string Usings = """
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Time.Testing;
        global using Shop.Pipelines;
        global using Streamz.Dataflow;
        global using Streamz.Dataflow.Testing;
        global using static Given;
        """;

    private static bool IsApproving => Environment.GetEnvironmentVariable("STREAMZ_APPROVE") == "1";

    /// <summary>The code of the catalogue of operators is cut from files that are compiled, or lists signatures.</summary>
    private static IEnumerable<CodeBlock> CSharpBlocks =>
        MarkdownFile.All.SelectMany(page => page.Blocks)
            .Where(block => block.Language == "csharp" && block.Mark("cut from") is null && block.Mark("signatures") is null);

    private static IEnumerable<CodeBlock> Drawings => CSharpBlocks.Where(block => block.Mark("draws") is not null);

    private static IEnumerable<CodeBlock> FileBlocks => CSharpBlocks.Where(block => block.Mark("file") is not null);

    private static IEnumerable<TestCaseData> Outputs =>
        from page in MarkdownFile.All
        from number in Enumerable.Range(0, page.Blocks.Count)
        where page.Blocks[number].Mark("output") is not null
        let output = page.Blocks[number]
        select new TestCaseData(page.Blocks[number - 1], output).SetArgDisplayNames(output.ToString());

    [Test]
    public void Docs_AreFound() => Assert.That(CSharpBlocks.Count(), Is.GreaterThan(20));

    [TestCaseSource(nameof(CSharpBlocks))]
    public void Code_Compiles(CodeBlock block) => Assert.That(Compile(block).Errors(), Is.Empty, block.Text);

    /// <summary>STREAMZ_APPROVE=1 writes what is printed into the page; read it before committing it.</summary>
    [TestCaseSource(nameof(Outputs)), CancelAfter(30_000), DefaultMode]
    public async Task Code_Runs_PrintsWhatThePageSays(CodeBlock code, CodeBlock output)
    {
        var printed = (await RunAsync(code)).TrimEnd();

        if (IsApproving && printed != output.Text.TrimEnd())
        {
            const string Fences = "```\n<!-- output -->\n```text\n";
            var page = Repository.PathTo(output.Page);
            var end = code.Text[^Math.Min(100, code.Text.Length)..] + Fences;
            var text = (await File.ReadAllTextAsync(page)).ReplaceLineEndings("\n");
            await File.WriteAllTextAsync(page, text.Replace(end + output.Text, $"{end}{printed}\n", StringComparison.Ordinal));
        }

        Assert.That(printed, Is.EqualTo(output.Text.TrimEnd()));
    }

    /// <summary>STREAMZ_APPROVE=1 draws the pictures anew; look at them before committing them.</summary>
    [TestCaseSource(nameof(Drawings)), CancelAfter(30_000)]
    public async Task Code_Draws_ThePictureOfThePage(CodeBlock block)
    {
        // draws: <picture, relative to the page> <variable>
        var parts = block.Mark("draws")!.Split(' ');
        var picture = Path.Combine(Path.GetDirectoryName(Repository.PathTo(block.Page))!, parts[0]);

        var drawn = await RunAsync(block with { Text = $"{block.Text}\nConsole.Write({parts[1]}.ToSvg());" });
        drawn = drawn[drawn.IndexOf("<svg", StringComparison.Ordinal)..];

        if (IsApproving)
        {
            await File.WriteAllTextAsync(picture, drawn);
        }

        Assert.That(drawn, Is.EqualTo(await File.ReadAllTextAsync(picture)), "Run the tests with STREAMZ_APPROVE=1 to draw it anew.");
    }

    [TestCaseSource(nameof(FileBlocks))]
    public void Code_OfAFile_IsThatFile(CodeBlock block) =>
        Assert.That(block.Text, Is.EqualTo(File.ReadAllText(Repository.PathTo(block.Mark("file")!)).ReplaceLineEndings("\n")));

    [TestCaseSource(typeof(MarkdownFile), nameof(MarkdownFile.All))]
    public void Links_LeadSomewhere(MarkdownFile page)
    {
        var dead = Link().Matches(page.Prose)
            .Select(match => match.Groups["to"].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal) && !IsAlive(page, link));

        Assert.That(dead, Is.Empty);
    }

    [TestCaseSource(typeof(MarkdownFile), nameof(MarkdownFile.All))]
    public void Commands_NameWhatExists(MarkdownFile page)
    {
        var targets = CakeTask().Matches(File.ReadAllText(Repository.PathTo("build.cake"))).Select(match => match.Groups[1].Value);

        Assert.Multiple(() =>
        {
            Assert.That(CakeTarget().Matches(page.Text).Select(match => match.Groups[1].Value).Distinct(), Is.SubsetOf(targets));
            foreach (Match project in DotnetProject().Matches(page.Text))
            {
                Assert.That(Repository.Files(project.Groups[1].Value, "*.csproj"), Is.Not.Empty, project.Value);
            }

            foreach (Match script in Script().Matches(page.Text))
            {
                Assert.That(Repository.PathTo(script.Groups[1].Value), Does.Exist);
            }
        });
    }

    private static bool IsAlive(MarkdownFile page, string link)
    {
        var parts = link.Split('#');
        var path = parts[0].Length == 0 ? page.FullPath : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.FullPath)!, parts[0]));
        return (File.Exists(path) || Directory.Exists(path))
            && (parts.Length == 1 || MarkdownFile.All.Any(other => other.FullPath == path && other.Anchors.Contains(parts[1])));
    }

    /// <summary>A block is a file if all it has is types, else the statements of a program.</summary>
    private static CSharpCompilation Compile(CodeBlock block)
    {
        var given = MarkdownFile.All.First(page => page.Page == block.Page).Given;
        var tree = Compiler.Parse(block.Text, $"{block.Page}({block.Line})");
        var isProgram = tree.GetCompilationUnitRoot().Members.Any(member => member is GlobalStatementSyntax);
        return Compiler.Compile(
            [Compiler.Parse($"{Usings}\n#pragma warning disable\npublic static class Given\n{{\n{given}\n}}"), tree],
            without: block.Mark("file") is null ? null : "CustomOperator.dll",
            isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary);
    }

    private static async Task<string> RunAsync(CodeBlock block)
    {
        using var image = new MemoryStream();
        var emitted = Compile(block).Emit(image);
        Assert.That(emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), Is.Empty, block.Text);
        var main = Assembly.Load(image.ToArray()).EntryPoint!;

        var console = Console.Out;
        using var printed = new StringWriter();
        Console.SetOut(TextWriter.Synchronized(printed));
        try
        {
            // The entry point of an asynchronous program blocks until the program has ended.
            await Task.Run(() => main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, main.GetParameters().Length == 0 ? [] : [Array.Empty<string>()], null));
        }
        finally
        {
            Console.SetOut(console);
        }

        return printed.ToString().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)|(?:src|href)=""(?<to>[^""]+)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"Task\(""(\w+)""\)")]
    private static partial Regex CakeTask();

    [GeneratedRegex(@"--target[= ](\w+)")]
    private static partial Regex CakeTarget();

    [GeneratedRegex(@"(?:--project |dotnet (?:test|build|add package) )([\w./-]+)")]
    private static partial Regex DotnetProject();

    [GeneratedRegex(@"\./(build\.\w+)")]
    private static partial Regex Script();
}
