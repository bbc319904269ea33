using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>
/// The folders of the core are floors: code in one uses that folder and the floors below. What counts is the file that declares
/// what is used, not its namespace.
/// </summary>
[TestFixture]
internal sealed class LayeringTests
{
    private static readonly Dictionary<string, int> s_floors = new()
    {
        ["Diagnostics"] = 0,
        ["Checkpoints"] = 0,
        ["Stages"] = 1,
        ["Graph"] = 2,
        ["Sources"] = 3,
        ["Operators"] = 3,
        ["Sinks"] = 3,
        // Operators for clusters, made from those of floor 3.
        ["Cluster"] = 4,
        ["Runtime"] = 4,
        ["Compilation"] = 5,
        ["(root)"] = 6,
        // To and from the types of the framework, made from what users have as well.
        ["Bridges"] = 7,
    };

    private static readonly Lazy<CSharpCompilation> s_core = new(() => Compiler.Compile(
        Repository.Files("Streamz.Dataflow", "*.cs").Select(file => Compiler.Parse(File.ReadAllText(file), file)),
        without: "Streamz.Dataflow.dll"));

    [Test]
    public void Core_EveryFolder_IsOnAFloor()
    {
        var folders = Repository.Files("Streamz.Dataflow", "*.cs").Select(FolderOf).Distinct();

        Assert.That(folders, Is.SubsetOf(s_floors.Keys));
    }

    [Test, CancelAfter(60_000)]
    public void Core_EveryUse_StaysInItsFolderOrPointsToAFloorBelow()
    {
        // CS8795: the partial methods that source generators fill in.
        Assert.That(s_core.Value.Errors().Where(error => error.Id != "CS8795"), Is.Empty, "The core must be understood to be judged.");

        Assert.That(s_core.Value.SyntaxTrees.SelectMany(tree => Violations(s_core.Value, tree)).Distinct(), Is.Empty);
    }

    /// <summary>The test would pass for no reason if it saw nothing.</summary>
    [Test, CancelAfter(60_000)]
    public void Core_UsePlantedAgainstTheDirection_IsFound()
    {
        var planted = Compiler.Parse(
            "namespace Streamz.Dataflow; internal static class Planted { public static string Name => nameof(Streamz.Dataflow.Compilation.Planner); }",
            Repository.PathTo("Streamz.Dataflow", "Operators", "Planted.cs"));

        var violations = Violations(s_core.Value.AddSyntaxTrees(planted), planted);

        Assert.That(violations, Is.EqualTo(new[] { "Operators/Planted.cs -> Compilation/Planner.cs (Planner)" }));
    }

    private static bool IsAllowed(string from, string to) => from == to || s_floors[to] < s_floors[from];

    private static string FolderOf(string file)
    {
        var parts = Repository.Relative(file).Split('/');
        return parts.Length > 2 ? parts[1] : "(root)";
    }

    private static IEnumerable<string> Violations(CSharpCompilation compilation, SyntaxTree tree)
    {
        var model = compilation.GetSemanticModel(tree);
        return
            from name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
            from declaration in DeclarationsOf(model.GetSymbolInfo(name).Symbol)
            let to = declaration.SyntaxTree.FilePath
            where to.Length > 0 && !IsAllowed(FolderOf(tree.FilePath), FolderOf(to))
            select $"{Short(tree.FilePath)} -> {Short(to)} ({name.Identifier.Text})";
    }

    /// <summary>Of a partial type, the part that declares the member; of a namespace nothing.</summary>
    private static ImmutableArray<SyntaxReference> DeclarationsOf(ISymbol? symbol) =>
        symbol is null or INamespaceSymbol ? [] : symbol.OriginalDefinition.DeclaringSyntaxReferences;

    private static string Short(string file) => string.Join('/', Repository.Relative(file).Split('/')[1..]);
}
