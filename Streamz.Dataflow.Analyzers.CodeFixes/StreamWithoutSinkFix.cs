using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streamz.Dataflow.Analyzers;

/// <summary>Keeps the stream in a variable, or collects its elements.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StreamWithoutSinkFix)), Shared]
public sealed class StreamWithoutSinkFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.StreamWithoutSinkId];

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ExpressionStatementSyntax>() is not { } statement || model is null)
            {
                continue;
            }

            // A variable alone in an if or a loop is no statement of its own.
            if (statement.Parent is BlockSyntax or GlobalStatementSyntax or SwitchSectionSyntax)
            {
                await OfferAsync("Keep the stream in a variable", "stream", statement.Expression).ConfigureAwait(false);
                await OfferAsync("Collect its elements with SinkToList", "results", SinkToList(statement.Expression)).ConfigureAwait(false);
            }

            Task OfferAsync(string title, string name, ExpressionSyntax value)
            {
                var changed = root.ReplaceNode(statement, Declare(Fixes.FreeName(model, statement.SpanStart, name), value, statement));
                return Fixes.OfferAsync(context, diagnostic, title, context.Document.WithSyntaxRoot(changed));
            }
        }
    }

    private static ExpressionSyntax SinkToList(ExpressionSyntax stream) => stream is ConditionalAccessExpressionSyntax conditional
        ? conditional.WithWhenNotNull(SinkToList(conditional.WhenNotNull))
        : SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, stream.WithoutTrailingTrivia(), SyntaxFactory.IdentifierName("SinkToList")));

    private static LocalDeclarationStatementSyntax Declare(string name, ExpressionSyntax value, ExpressionStatementSyntax statement)
    {
        var declarator = SyntaxFactory.VariableDeclarator(name).WithInitializer(SyntaxFactory.EqualsValueClause(
            SyntaxFactory.Token(SyntaxKind.EqualsToken).WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(SyntaxFactory.Space),
            value.WithoutLeadingTrivia()));
        var declaration = SyntaxFactory.VariableDeclaration(
            SyntaxFactory.IdentifierName("var").WithTrailingTrivia(SyntaxFactory.Space),
            SyntaxFactory.SingletonSeparatedList(declarator));
        return SyntaxFactory.LocalDeclarationStatement(default, default, default, declaration, statement.SemicolonToken).WithLeadingTrivia(statement.GetLeadingTrivia());
    }
}
