using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Streamz.Dataflow.Analyzers;

/// <summary>Finds the call that turns elements into tasks; those behind it, which only hand tasks on, are not told again.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StreamOfTasksAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.StreamOfTasks];

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
        if (types.IsOperator(call.TargetMethod)
            && types.IsTask(types.ElementTypeOf(call.Type))
            && !call.Arguments.Any(argument => types.IsTask(types.ElementTypeOf(TypeOf(argument.Value)))))
        {
            var cure = call.TargetMethod.Name is "Map" or "Select"
                ? "use MapAsync, which awaits them"
                : "await in the delegate, or put MapAsync(task => task) behind it";
            context.ReportDiagnostic(Diagnostic.Create(Rules.StreamOfTasks, LocationOf(call), call.TargetMethod.Name, cure));
        }
    }

    /// <summary>A conversion to a base type hides what was given.</summary>
    private static ITypeSymbol? TypeOf(IOperation value) => value is IConversionOperation conversion ? TypeOf(conversion.Operand) : value.Type;

    /// <summary>The name of the operator: a chain of calls is one expression, and would be marked as a whole.</summary>
    private static Location LocationOf(IInvocationOperation call) => call.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
        ? access.Name.GetLocation()
        : call.Syntax.GetLocation();
}
