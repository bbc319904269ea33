using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Streamz.Dataflow.Tests.Conventions;

namespace Streamz.Dataflow.Tests.Analyzers;

/// <summary>
/// Runs a rule and its fix over a program. Source is written as <c>[|marked|]</c> where a diagnostic is expected.
/// </summary>
internal sealed class AnalyzerRun : IDisposable
{
    private const string Usings = """
        global using Streamz.Dataflow;
        """;

    private readonly AdhocWorkspace _workspace = new();
    private readonly DiagnosticAnalyzer _analyzer;
    private readonly CodeFixProvider _fix;

    public AnalyzerRun(DiagnosticAnalyzer analyzer, CodeFixProvider fix)
    {
        _analyzer = analyzer;
        _fix = fix;
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>The code that the diagnostics mark is what the brackets mark, and nothing else.</summary>
    public async Task<IReadOnlyList<Diagnostic>> ExpectAsync(string marked)
    {
        var (source, spans) = Unmark(marked);
        var document = Load(source);

        var compilation = (CSharpCompilation)(await document.Project.GetCompilationAsync())!;
        Assert.That(compilation.Errors(), Is.Empty, source);
        var found = await FindAsync(document);

        Assert.That(found.Select(each => Text(source, each)), Is.EqualTo(spans.Select(span => source[span.Start..span.End])), marked);
        Assert.That(found.Select(each => each.Location.SourceSpan), Is.EqualTo(spans), marked);
        return found;
    }

    /// <summary>The fixes offered for the first diagnostic, by title.</summary>
    public async Task<IReadOnlyList<string>> OfferedAsync(string marked) =>
        [.. (await ActionsAsync(Load(Unmark(marked).Source))).Select(action => action.Title)];

    /// <summary>The program after a fix of the first diagnostic.</summary>
    public async Task<string> FixAsync(string marked, string? title = null)
    {
        await ExpectAsync(marked);
        var document = Load(Unmark(marked).Source);
        var actions = await ActionsAsync(document);
        var action = title is null ? actions.Single() : actions.Single(each => each.Title == title);

        var operation = (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single();
        var changed = operation.ChangedSolution.GetDocument(document.Id)!;

        var compilation = (CSharpCompilation)(await changed.Project.GetCompilationAsync())!;
        Assert.That(compilation.Errors(), Is.Empty, (await changed.GetTextAsync()).ToString());
        return (await changed.GetTextAsync()).ToString().ReplaceLineEndings("\n");
    }

    private static string Text(string source, Diagnostic diagnostic) =>
        source[diagnostic.Location.SourceSpan.Start..diagnostic.Location.SourceSpan.End];

    private static (string Source, IReadOnlyList<TextSpan> Spans) Unmark(string marked)
    {
        var spans = new List<TextSpan>();
        var source = marked.ReplaceLineEndings("\n");
        for (var start = source.IndexOf("[|", StringComparison.Ordinal); start >= 0; start = source.IndexOf("[|", StringComparison.Ordinal))
        {
            var end = source.IndexOf("|]", start, StringComparison.Ordinal) - 2;
            source = source.Remove(start, 2).Remove(end, 2);
            spans.Add(TextSpan.FromBounds(start, end));
        }

        return (source, spans);
    }

    private async Task<IReadOnlyList<CodeAction>> ActionsAsync(Document document)
    {
        var first = (await FindAsync(document))[0];
        var actions = new List<CodeAction>();
        await _fix.RegisterCodeFixesAsync(new CodeFixContext(document, first, (action, _) => actions.Add(action), CancellationToken.None));
        return actions;
    }

    private async Task<IReadOnlyList<Diagnostic>> FindAsync(Document document)
    {
        var compilation = (await document.Project.GetCompilationAsync())!;
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        var found = await compilation.WithAnalyzers([_analyzer], options).GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(each => each.Location.SourceSpan.Start)];
    }

    private Document Load(string source)
    {
        var program = Compiler.Parse(source);
        var kind = program.GetRoot().ChildNodes().Any(node => node.IsKind(SyntaxKind.GlobalStatement))
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;
        var compilation = Compiler.Compile([], kind: kind);
        var id = ProjectId.CreateNewId();
        var solution = _workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(id, VersionStamp.Default, "Program", "Program", LanguageNames.CSharp)
                .WithMetadataReferences(compilation.References)
                .WithCompilationOptions(compilation.Options)
                .WithParseOptions(program.Options))
            .AddDocument(DocumentId.CreateNewId(id), "Usings.cs", $"{Compiler.ImplicitUsings}\n{Usings}");
        return solution.AddDocument(DocumentId.CreateNewId(id), "Program.cs", source).GetProject(id)!.Documents.Single(each => each.Name == "Program.cs");
    }
}
