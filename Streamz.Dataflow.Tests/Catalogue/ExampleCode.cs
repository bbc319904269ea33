using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Streamz.Dataflow.Tests.Conventions;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>The source text of an example: what its page shows, and what the box of its diagram says.</summary>
internal sealed class ExampleCode
{
    public const string Folder = "Streamz.Dataflow.Tests/Catalogue/Examples";

    private static readonly string[] s_directions =
    [
        "Input", "InputUntil", "Output", "Writer", "Run", "At", "StopAfter", "Forget",
        "GivenClock", "GivenOptions", "GivenChannel", "GivenObservable", "GivenFolder", "GivenClient",
        "GivenBlock", "GivenObserver", "SeenBy",
    ];

    private readonly List<StatementSyntax> _shown;

    private ExampleCode(string path, CompilationUnitSyntax file)
    {
        Path = path;
        var build = file.DescendantNodes().OfType<MethodDeclarationSyntax>().Single(method => method.Identifier.Text == "Build");
        _shown = [.. build.Body!.Statements.Where(statement => !IsDirection(statement))];
        Text = CutOut(file);
    }

    /// <summary>The file, relative to the root.</summary>
    public string Path { get; }

    /// <summary>The statements that are no stage directions.</summary>
    public string Text { get; }

    public static ExampleCode Of(Type example)
    {
        var path = Repository.PathTo(Folder, $"{example.Name}.cs");
        return new ExampleCode(Repository.Relative(path), CSharpSyntaxTree.ParseText(File.ReadAllText(path).ReplaceLineEndings("\n")).GetCompilationUnitRoot());
    }

    /// <summary>The call of the operator with the chain that it is part of; everything that is shown if it is called in no usual way, as by a query.</summary>
    public string CallOf(IEnumerable<string> methods)
    {
        var call = _shown.SelectMany(statement => statement.DescendantNodes().OfType<InvocationExpressionSyntax>())
            .FirstOrDefault(call => call.Expression is MemberAccessExpressionSyntax access && methods.Contains(access.Name.Identifier.Text));
        if (call is null)
        {
            var query = _shown.SelectMany(statement => statement.DescendantNodes().OfType<QueryExpressionSyntax>()).FirstOrDefault();
            return OneLine(query?.ToString() ?? Text);
        }

        // What comes out is made by the whole chain.
        ExpressionSyntax chain = call;
        while (chain.Parent is MemberAccessExpressionSyntax or ArgumentSyntax
            && chain.Ancestors().OfType<InvocationExpressionSyntax>().FirstOrDefault() is { } next)
        {
            chain = next;
        }

        return OneLine(chain.ToString());
    }

    private static bool IsDirection(StatementSyntax statement)
    {
        var expression = statement switch
        {
            ExpressionStatementSyntax alone => alone.Expression,
            LocalDeclarationStatementSyntax local => local.Declaration.Variables[0].Initializer?.Value,
            _ => null,
        };
        return expression is InvocationExpressionSyntax call
            && call.Expression is SimpleNameSyntax name
            && s_directions.Contains(name.Identifier.Text);
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            .Replace("( ", "(", StringComparison.Ordinal)
            .Replace(" .", ".", StringComparison.Ordinal)
            .Replace("StreamSource.", "", StringComparison.Ordinal);

    private string CutOut(CompilationUnitSyntax file)
    {
        if (_shown.Count == 0)
        {
            return "";
        }

        var lines = _shown.SelectMany((statement, index) => LinesOf(file, statement, isFirst: index == 0)).ToList();
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : line.TrimStart()));
    }

    /// <summary>The statement with the comments and the empty line before it.</summary>
    private static IEnumerable<string> LinesOf(CompilationUnitSyntax file, StatementSyntax statement, bool isFirst)
    {
        var lines = file.GetText().GetSubText(statement.FullSpan).ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd());
        return isFirst ? lines.SkipWhile(line => line.Length == 0) : lines;
    }
}
