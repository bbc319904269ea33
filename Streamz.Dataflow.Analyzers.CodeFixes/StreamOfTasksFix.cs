using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streamz.Dataflow.Analyzers;

/// <summary>Makes a map of tasks a MapAsync, and awaits the tasks of other operators in a MapAsync behind them.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StreamOfTasksFix)), Shared]
public sealed class StreamOfTasksFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.StreamOfTasksId];

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call)
            {
                continue;
            }

            var isMap = call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "Map" or "Select" };
            var (title, replacement) = isMap ? ("Use MapAsync", UseMapAsync(call)) : ("Await the tasks with MapAsync", AwaitBehind(call));
            await Fixes.OfferAsync(context, diagnostic, title, context.Document.WithSyntaxRoot(root.ReplaceNode(call, replacement))).ConfigureAwait(false);
        }
    }

    /// <summary>Type arguments that were stated are those of tasks, and are inferred instead.</summary>
    private static InvocationExpressionSyntax UseMapAsync(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax access
            ? call.WithExpression(access.WithName(SyntaxFactory.IdentifierName("MapAsync").WithTriviaFrom(access.Name)))
            : call;

    private static InvocationExpressionSyntax AwaitBehind(InvocationExpressionSyntax call) =>
        SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, call.WithoutTrailingTrivia(), SyntaxFactory.IdentifierName("MapAsync")),
            SyntaxFactory.ParseArgumentList("(task => task)")).WithTrailingTrivia(call.GetTrailingTrivia());
}
