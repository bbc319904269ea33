using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Streamz.Dataflow.Analyzers;

/// <summary>Awaits instead of blocking, where the operator takes asynchronous delegates.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AwaitBlockingCallFix)), Shared]
public sealed class AwaitBlockingCallFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.BlockingCallId];

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not ExpressionSyntax expression
                || BlockingCalls.Find(model?.GetSymbolInfo(expression, context.CancellationToken).Symbol) is not { } blocking
                || Awaited(expression, blocking) is not { } awaited)
            {
                continue;
            }

            var mark = new SyntaxAnnotation();
            var changed = await AsyncFunction.AwaitAsync(
                context.Document, expression, awaited.WithAdditionalAnnotations(mark), context.CancellationToken).ConfigureAwait(false);
            if (changed is not null && await IsAwaitedByOperatorAsync(changed, mark, context.CancellationToken).ConfigureAwait(false))
            {
                await Fixes.OfferAsync(context, diagnostic, "Await it in an async delegate", changed).ConfigureAwait(false);
            }
        }
    }

    private static ExpressionSyntax? Awaited(ExpressionSyntax expression, BlockingCall blocking)
    {
        var call = expression as InvocationExpressionSyntax;
        var access = (call?.Expression ?? expression) as MemberAccessExpressionSyntax;
        return blocking.Cure switch
        {
            // With a timeout or a token a wait has another meaning.
            Cure.AwaitTask when call is null or { ArgumentList.Arguments.Count: 0 } => access?.Expression,
            Cure.AwaitAwaited => access?.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "GetAwaiter" } awaiter }
                ? awaiter.Expression
                : null,
            Cure.AwaitConsoleIn when access is not null => SyntaxFactory.ParseExpression($"{access.Expression}.In.ReadLineAsync()"),
            Cure.AwaitSibling when call is not null && blocking.Instead!.Contains('.') =>
                call.WithExpression(SyntaxFactory.ParseExpression(blocking.Instead!).WithAdditionalAnnotations(Simplifier.Annotation)),
            Cure.AwaitSibling when call is not null && access is not null => call.WithExpression(access.WithName(SyntaxFactory.IdentifierName(blocking.Instead!))),
            _ => null,
        };
    }

    /// <summary>
    /// Whether what takes the delegate asks for a task. A key selector, for one, would take the task itself for the key, and compile.
    /// </summary>
    private static async Task<bool> IsAwaitedByOperatorAsync(Document document, SyntaxAnnotation mark, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        var lambda = root!.GetAnnotatedNodes(mark).First().Ancestors().OfType<AnonymousFunctionExpressionSyntax>().FirstOrDefault();
        if (lambda is null)
        {
            return await AreMethodGroupsAwaitedAsync(root, model!, mark, cancellationToken).ConfigureAwait(false);
        }

        return lambda.Parent is ArgumentSyntax argument && TakesTask(model!, argument, cancellationToken);
    }

    private static Task<bool> AreMethodGroupsAwaitedAsync(SyntaxNode root, SemanticModel model, SyntaxAnnotation mark, CancellationToken cancellationToken)
    {
        var declaration = root.GetAnnotatedNodes(mark).First().Ancestors().First(node => node is MethodDeclarationSyntax or LocalFunctionStatementSyntax);
        var method = model.GetDeclaredSymbol(declaration, cancellationToken);
        var uses = root.DescendantNodes().OfType<ArgumentSyntax>()
            .Where(argument => SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(argument.Expression, cancellationToken).Symbol, method));
        return Task.FromResult(uses.All(argument => TakesTask(model, argument, cancellationToken)));
    }

    private static bool TakesTask(SemanticModel model, ArgumentSyntax argument, CancellationToken cancellationToken)
    {
        var parameter = model.GetOperation(argument, cancellationToken) is Microsoft.CodeAnalysis.Operations.IArgumentOperation operation ? operation.Parameter : null;
        return parameter?.OriginalDefinition.Type is INamedTypeSymbol { DelegateInvokeMethod: { } invoke }
            && StreamzTypes.Of(model.Compilation)?.IsTask(invoke.ReturnType) == true;
    }
}
