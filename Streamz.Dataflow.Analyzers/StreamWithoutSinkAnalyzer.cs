using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Streamz.Dataflow.Analyzers;

/// <summary>
/// Finds statements that make a stream which nobody can reach any more. A lambda that is only an expression is left alone: it is
/// how tests say that a call throws.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StreamWithoutSinkAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.StreamWithoutSink];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (StreamzTypes.Of(start.Compilation) is { } types)
            {
                start.RegisterOperationAction(operation => Analyze(operation, types), OperationKind.ExpressionStatement);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, StreamzTypes types)
    {
        var statement = (IExpressionStatementOperation)context.Operation;
        var expression = statement.Operation is IConditionalAccessOperation conditional ? conditional.WhenNotNull : statement.Operation;
        if (statement.Syntax is ExpressionStatementSyntax && types.IsStream(expression.Type) && Maker(expression) is { } maker)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.StreamWithoutSink, statement.Operation.Syntax.GetLocation(), maker.TargetMethod.Name));
        }
    }

    /// <summary>The call that made the stream; none if a method such as Named only hands on what its caller holds anyway.</summary>
    private static IInvocationOperation? Maker(IOperation? expression)
    {
        while (expression is IInvocationOperation { TargetMethod.OriginalDefinition.ReturnType: ITypeParameterSymbol } handedOn)
        {
            expression = handedOn.Instance ?? handedOn.Arguments.FirstOrDefault()?.Value;
            while (expression is IConversionOperation conversion)
            {
                expression = conversion.Operand;
            }
        }

        return expression as IInvocationOperation;
    }
}
