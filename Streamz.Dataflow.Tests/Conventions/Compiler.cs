using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>Compiles source text in memory against everything that the tests themselves run with.</summary>
internal static class Compiler
{
    /// <summary>What a project with implicit usings gets, System.IO among them.</summary>
    public const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.Latest);

    private static readonly Lazy<IReadOnlyList<PortableExecutableReference>> s_references = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            .Select(path => MetadataReference.CreateFromFile(path))]);

    public static SyntaxTree Parse(string text, string path = "") => CSharpSyntaxTree.ParseText(text, s_parse, path);

    public static CSharpCompilation Compile(IEnumerable<SyntaxTree> trees, string? without = null, OutputKind kind = OutputKind.DynamicallyLinkedLibrary) =>
        CSharpCompilation.Create(
            "InMemory",
            trees.Prepend(Parse(ImplicitUsings)),
            s_references.Value.Where(reference => without is null || Path.GetFileName(reference.FilePath) != without),
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: true));

    public static IEnumerable<Diagnostic> Errors(this CSharpCompilation compilation) =>
        compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
}
