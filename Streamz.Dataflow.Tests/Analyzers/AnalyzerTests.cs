using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Streamz.Dataflow.Tests.Analyzers;

/// <summary>What the tests of all rules share: a program in which streams are at hand.</summary>
internal abstract class AnalyzerTests<TAnalyzer, TFix>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TFix : CodeFixProvider, new()
{
    private protected AnalyzerRun Run { get; private set; } = null!;

    [SetUp]
    public void CreateRun() => Run = new AnalyzerRun(new TAnalyzer(), new TFix());

    [TearDown]
    public void DisposeRun() => Run.Dispose();

    /// <summary>Statements as the body of a method, with what the tests of the rule name.</summary>
    protected static string In(string header, string body) =>
        $$"""
        public class Program
        {
            private readonly StreamSource<int> source = new();

            private static Task<int> LoadAsync(int x) => Task.FromResult(x);

            {{header}}
            {
                {{body.ReplaceLineEndings("\n        ")}}
            }
        }
        """;

    protected async Task FixesAsync(string header, string body, string fixedHeader, string fixedBody, string? title = null) =>
        Assert.That(await Run.FixAsync(In(header, body), title), Is.EqualTo(In(fixedHeader, fixedBody).ReplaceLineEndings("\n")));
}
