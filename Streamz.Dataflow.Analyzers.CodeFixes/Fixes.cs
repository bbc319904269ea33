using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Streamz.Dataflow.Analyzers;

/// <summary>Offers changes that have been tried out.</summary>
internal static class Fixes
{
    /// <summary>Offers a change, unless the document has more errors with it than without.</summary>
    public static async Task OfferAsync(CodeFixContext context, Diagnostic diagnostic, string title, Document? changed)
    {
        if (changed is not null
            && await CountErrorsAsync(changed, context.CancellationToken).ConfigureAwait(false)
                <= await CountErrorsAsync(context.Document, context.CancellationToken).ConfigureAwait(false))
        {
            context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(changed), equivalenceKey: title), diagnostic);
        }
    }

    /// <summary>A name that nothing in scope has.</summary>
    public static string FreeName(SemanticModel model, int position, string name)
    {
        var taken = new HashSet<string>(model.LookupSymbols(position).Select(symbol => symbol.Name), StringComparer.Ordinal);
        return Enumerable.Range(1, taken.Count + 1).Select(number => number == 1 ? name : name + number).First(each => !taken.Contains(each));
    }

    private static async Task<int> CountErrorsAsync(Document document, CancellationToken cancellationToken)
    {
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        return model?.GetDiagnostics(cancellationToken: cancellationToken).Count(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) ?? 0;
    }
}
