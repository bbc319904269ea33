using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streamz.Dataflow.Analyzers;

/// <summary>Awaits the emit, in a function that becomes asynchronous for it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AwaitEmitFix)), Shared]
public sealed class AwaitEmitFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.EmitNotAwaitedId];

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            // The statement is the whole expression, with what follows the call; null?.EmitAsync() has nothing to await.
            var node = root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            var whole = node?.AncestorsAndSelf().TakeWhile(each => each is not AnonymousFunctionExpressionSyntax)
                .OfType<ExpressionSyntax>().FirstOrDefault(each => each.Parent is ExpressionStatementSyntax or LambdaExpressionSyntax or ArrowExpressionClauseSyntax);
            if (whole is null or ConditionalAccessExpressionSyntax)
            {
                continue;
            }

            var changed = await AsyncFunction.AwaitAsync(context.Document, whole, whole, context.CancellationToken).ConfigureAwait(false);
            await Fixes.OfferAsync(context, diagnostic, "Await it", changed).ConfigureAwait(false);
        }
    }
}
