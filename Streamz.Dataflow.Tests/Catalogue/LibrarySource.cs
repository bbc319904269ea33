using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Streamz.Dataflow.Tests.Conventions;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>A public method of an operator: its identity in the documentation file, and its signature as it is written.</summary>
/// <param name="Id">The identity, for example <c>M:Streamz.Dataflow.MapOperator…</c>.</param>
/// <param name="Name">The name.</param>
/// <param name="Signature">The signature without modifiers, attributes and what the compiler fills in.</param>
/// <param name="Parameters">The parameters that a caller sees, with their default values, if they have any.</param>
internal sealed record PublicMethod(string Id, string Name, string Signature, IReadOnlyList<(string Name, string? Default)> Parameters);

/// <summary>The source text of the library, for what neither reflection nor the documentation file remembers.</summary>
internal static class LibrarySource
{
    private const int MaxLine = 110;
    private const string CallerExpression = "CallerArgumentExpression";

    private static readonly Lazy<ILookup<Type, PublicMethod>> s_methods = new(Read);

    public static IEnumerable<PublicMethod> MethodsOf(Type type) => s_methods.Value[type];

    private static ILookup<Type, PublicMethod> Read()
    {
        var trees = Repository.Files("Streamz.Dataflow", "*.cs").Select(file => Compiler.Parse(File.ReadAllText(file).ReplaceLineEndings("\n"), file)).ToList();
        var compilation = Compiler.Compile(trees, without: "Streamz.Dataflow.dll");
        var assembly = typeof(StreamSource).Assembly;
        return (
            from tree in trees
            let model = compilation.GetSemanticModel(tree)
            from method in tree.GetCompilationUnitRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
            where method.Modifiers.Any(SyntaxKind.PublicKeyword) && method.Modifiers.Any(SyntaxKind.StaticKeyword)
            let symbol = model.GetDeclaredSymbol(method)
            where symbol.DeclaredAccessibility == Accessibility.Public
            let type = assembly.GetType($"{symbol.ContainingType.ContainingNamespace}.{symbol.ContainingType.MetadataName}")
            where type is { IsPublic: true }
            select (type, Method: Method(method, symbol.GetDocumentationCommentId()!)))
            .ToLookup(each => each.type, each => each.Method);
    }

    private static PublicMethod Method(MethodDeclarationSyntax method, string id)
    {
        var parameters = method.ParameterList.Parameters
            .Where(parameter => !parameter.AttributeLists.ToString().Contains(CallerExpression, StringComparison.Ordinal))
            .ToList();
        var head = $"{method.ReturnType} {method.Identifier}{method.TypeParameterList}";
        var tail = string.Concat(method.ConstraintClauses.Select(clause => $"\n    {clause}"));
        var written = parameters.ConvertAll(parameter => parameter.WithAttributeLists([]).NormalizeWhitespace().ToString());
        var line = $"{head}({string.Join(", ", written)})";
        return new PublicMethod(
            id,
            method.Identifier.Text,
            (line.Length <= MaxLine ? line : $"{head}(\n    {string.Join(",\n    ", written)})") + tail,
            parameters.ConvertAll(parameter => (parameter.Identifier.Text, parameter.Default?.Value.ToString())));
    }
}
