using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Streamz.Dataflow.Analyzers;

/// <summary>Finds emits whose task is the whole of a statement. An explicit discard says that it is meant, and is left alone.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EmitNotAwaitedAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.EmitNotAwaited];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (StreamzTypes.Of(start.Compilation) is { } types)
            {
                start.RegisterOperationAction(operation => Analyze(operation, types), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, StreamzTypes types)
    {
        var call = (IInvocationOperation)context.Operation;
        if (types.IsEmitter(call.TargetMethod.ContainingType)
            && types.IsTask(call.TargetMethod.ReturnType)
            && Whole(call).Parent is IExpressionStatementOperation)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.EmitNotAwaited, call.Syntax.GetLocation(), call.TargetMethod.Name));
        }
    }

    /// <summary>The task in another form is still a task that somebody has to await.</summary>
    private static IOperation Whole(IOperation operation) => operation.Parent switch
    {
        IInvocationOperation { TargetMethod.Name: "AsTask" or "ConfigureAwait" or "Preserve" } form when form.Instance == operation => Whole(form),
        IConditionalAccessOperation conditional when conditional.WhenNotNull == operation => Whole(conditional),
        _ => operation,
    };
}
