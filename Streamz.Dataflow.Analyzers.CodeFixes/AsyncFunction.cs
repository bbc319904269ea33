using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Streamz.Dataflow.Analyzers;

/// <summary>Puts an await into a function, and makes the function asynchronous if it is not.</summary>
internal static class AsyncFunction
{
    /// <summary>The document with an expression replaced by one that is awaited; null where no await can stand.</summary>
    public static async Task<Document?> AwaitAsync(Document document, ExpressionSyntax expression, ExpressionSyntax awaited, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        var function = expression.Ancestors().FirstOrDefault(IsFunction);
        if (root is null || model is null)
        {
            return null;
        }

        var replacement = Await(expression, awaited);
        if (function is null)
        {
            return expression.Ancestors().OfType<GlobalStatementSyntax>().Any()
                ? document.WithSyntaxRoot(root.ReplaceNode(expression, replacement))
                : null;
        }

        var symbol = (function is AnonymousFunctionExpressionSyntax ? model.GetSymbolInfo(function, cancellationToken).Symbol : model.GetDeclaredSymbol(function, cancellationToken)) as IMethodSymbol;
        var types = StreamzTypes.Of(model.Compilation);
        if (symbol is null || types is null || (!symbol.IsAsync && !CanChange(symbol, types)))
        {
            return null;
        }

        var mark = new SyntaxAnnotation();
        var changed = function.ReplaceNode(expression, replacement.WithAdditionalAnnotations(mark));
        return document.WithSyntaxRoot(root.ReplaceNode(function, symbol.IsAsync ? changed : MakeAsync(changed, symbol, types, mark)));
    }

    /// <summary>What the original gives, as an await that can stand where the original does.</summary>
    private static ExpressionSyntax Await(ExpressionSyntax original, ExpressionSyntax awaited)
    {
        ExpressionSyntax replacement = SyntaxFactory.AwaitExpression(
            SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space),
            awaited.WithoutTrivia());
        var isReceiver = original.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression == original,
            ElementAccessExpressionSyntax access => access.Expression == original,
            ConditionalAccessExpressionSyntax access => access.Expression == original,
            InvocationExpressionSyntax call => call.Expression == original,
            PostfixUnaryExpressionSyntax => true,
            _ => false,
        };
        return (isReceiver ? SyntaxFactory.ParenthesizedExpression(replacement) : replacement).WithTriviaFrom(original);
    }

    private static bool IsFunction(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BaseFieldDeclarationSyntax or PropertyDeclarationSyntax;

    /// <summary>Whether the type that the function returns may change, or need not.</summary>
    private static bool CanChange(IMethodSymbol method, StreamzTypes types) => method.MethodKind switch
    {
        // What a lambda returns follows from whom it is given to; one that returns nothing would become async void.
        MethodKind.AnonymousFunction or MethodKind.LocalFunction => true,
        MethodKind.Ordinary => !method.IsOverride && !method.IsVirtual && !method.IsAbstract && !ImplementsInterface(method)
            && (method.ReturnsVoid || types.IsTask(method.ReturnType) || method.DeclaredAccessibility == Accessibility.Private),
        _ => false,
    };

    private static bool ImplementsInterface(IMethodSymbol method) =>
        method.ContainingType.AllInterfaces
            .SelectMany(each => each.GetMembers(method.Name))
            .Any(member => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method));

    private static SyntaxNode MakeAsync(SyntaxNode function, IMethodSymbol symbol, StreamzTypes types, SyntaxAnnotation mark)
    {
        if (types.IsTask(symbol.ReturnType))
        {
            function = new AwaitReturns(function, ((INamedTypeSymbol)symbol.ReturnType).IsGenericType, mark).Visit(function)!;
        }

        return function switch
        {
            AnonymousFunctionExpressionSyntax lambda =>
                lambda.WithoutLeadingTrivia().WithModifiers(WithAsync(lambda.Modifiers, default)).WithLeadingTrivia(lambda.GetLeadingTrivia()),
            LocalFunctionStatementSyntax local => local
                .WithReturnType(ReturnType(local.ReturnType.WithoutLeadingTrivia(), symbol, types))
                .WithModifiers(WithAsync(local.Modifiers, local.GetLeadingTrivia())),
            MethodDeclarationSyntax method => method
                .WithReturnType(ReturnType(method.ReturnType.WithoutLeadingTrivia(), symbol, types))
                .WithModifiers(WithAsync(method.Modifiers, method.GetLeadingTrivia())),
            _ => function,
        };
    }

    private static SyntaxTokenList WithAsync(SyntaxTokenList modifiers, SyntaxTriviaList leading)
    {
        var keyword = SyntaxFactory.Token(SyntaxKind.AsyncKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return modifiers.Count == 0 ? SyntaxFactory.TokenList(keyword.WithLeadingTrivia(leading)) : modifiers.Add(keyword);
    }

    private static TypeSyntax ReturnType(TypeSyntax type, IMethodSymbol symbol, StreamzTypes types)
    {
        const string Task = "System.Threading.Tasks.Task";
        if (types.IsTask(symbol.ReturnType))
        {
            return type;
        }

        var task = SyntaxFactory.ParseTypeName(symbol.ReturnsVoid ? Task : $"{Task}<{type.WithoutTrivia()}>");
        return task.WithTrailingTrivia(SyntaxFactory.Space).WithAdditionalAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation);
    }

    /// <summary>In a function that returned tasks and becomes asynchronous, what was returned has to be awaited.</summary>
    private sealed class AwaitReturns(SyntaxNode function, bool hasResult, SyntaxAnnotation mark) : CSharpSyntaxRewriter
    {
        public override SyntaxNode? Visit(SyntaxNode? node) =>
            node != function && node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax ? node : base.Visit(node);

        public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) =>
            node.ExpressionBody is { } body ? node.WithExpressionBody(Awaited(body)) : base.VisitSimpleLambdaExpression(node);

        public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) =>
            node.ExpressionBody is { } body ? node.WithExpressionBody(Awaited(body)) : base.VisitParenthesizedLambdaExpression(node);

        public override SyntaxNode? VisitArrowExpressionClause(ArrowExpressionClauseSyntax node) => node.WithExpression(Awaited(node.Expression));

        public override SyntaxNode? VisitReturnStatement(ReturnStatementSyntax node)
        {
            if (node.Expression is not { } returned || returned.HasAnnotation(mark))
            {
                return node;
            }

            if (hasResult)
            {
                return node.WithExpression(Awaited(returned));
            }

            var done = SyntaxFactory.ReturnStatement().WithTriviaFrom(node);
            return returned.ToString() is "Task.CompletedTask" or "ValueTask.CompletedTask" or "default"
                ? done
                : SyntaxFactory.Block(SyntaxFactory.ExpressionStatement(Awaited(returned)), SyntaxFactory.ReturnStatement()).WithTriviaFrom(node)
                    .WithAdditionalAnnotations(Microsoft.CodeAnalysis.Formatting.Formatter.Annotation);
        }

        private ExpressionSyntax Awaited(ExpressionSyntax expression) => expression switch
        {
            _ when expression.HasAnnotation(mark) => expression,
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access, ArgumentList.Arguments: { Count: 1 } results }
                when access.ToString() is "Task.FromResult" or "ValueTask.FromResult" => results[0].Expression.WithTriviaFrom(expression),
            _ => Await(expression, expression),
        };
    }
}
