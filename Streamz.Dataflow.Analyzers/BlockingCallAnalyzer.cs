using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Streamz.Dataflow.Analyzers;

/// <summary>
/// Finds blocking calls in lambdas that are given to operators, and in methods and local functions of the same file that are.
/// A function inside such a delegate is left alone: it may run elsewhere.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingCallAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.BlockingCall];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (StreamzTypes.Of(start.Compilation) is not { } types)
            {
                return;
            }

            var told = new ConcurrentDictionary<SyntaxNode, bool>();
            start.RegisterOperationAction(
                operation => AnalyzeLambda(operation, types, told),
                OperationKind.AnonymousFunction);
            start.RegisterOperationAction(
                operation => AnalyzeMethodGroup(operation, types, told),
                OperationKind.MethodReference);
        });
    }

    private static void AnalyzeLambda(OperationAnalysisContext context, StreamzTypes types, ConcurrentDictionary<SyntaxNode, bool> told)
    {
        if (OperatorThatTakes(context.Operation, types) is { } taker)
        {
            Report(context, context.Operation, taker, told);
        }
    }

    private static void AnalyzeMethodGroup(OperationAnalysisContext context, StreamzTypes types, ConcurrentDictionary<SyntaxNode, bool> told)
    {
        var method = ((IMethodReferenceOperation)context.Operation).Method;
        if (OperatorThatTakes(context.Operation, types) is not { } taker)
        {
            return;
        }

        foreach (var declaration in method.OriginalDefinition.DeclaringSyntaxReferences)
        {
            var model = context.Operation.SemanticModel;
            if (declaration.SyntaxTree == model?.SyntaxTree
                && model.GetOperation(declaration.GetSyntax(context.CancellationToken), context.CancellationToken) is { } body)
            {
                Report(context, body, taker, told);
            }
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation function, IMethodSymbol taker, ConcurrentDictionary<SyntaxNode, bool> told)
    {
        foreach (var operation in OwnOperations(function))
        {
            var member = operation switch
            {
                IInvocationOperation call => call.TargetMethod,
                IPropertyReferenceOperation property => (ISymbol)property.Property,
                _ => null,
            };

            if (BlockingCalls.Find(member) is { } blocking && BlockingCalls.Waits(operation, function) && told.TryAdd(operation.Syntax, true))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.BlockingCall,
                    operation.Syntax.GetLocation(),
                    $"{member!.ContainingType.Name}.{member.Name}",
                    taker.Name,
                    blocking.Advice));
            }
        }
    }

    private static IMethodSymbol? OperatorThatTakes(IOperation function, StreamzTypes types)
    {
        var value = function;
        while (value.Parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value.Parent is IArgumentOperation { Parent: IInvocationOperation call } && types.IsOperator(call.TargetMethod) ? call.TargetMethod : null;
    }

    /// <summary>What the function does itself, not what functions in it do.</summary>
    private static IEnumerable<IOperation> OwnOperations(IOperation function)
    {
        var open = new Stack<IOperation>(function.ChildOperations);
        while (open.Count > 0)
        {
            var operation = open.Pop();
            yield return operation;
            if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                continue;
            }

            foreach (var child in operation.ChildOperations)
            {
                open.Push(child);
            }
        }
    }
}
