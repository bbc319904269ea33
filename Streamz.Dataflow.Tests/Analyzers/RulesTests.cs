using Microsoft.CodeAnalysis.Diagnostics;
using Streamz.Dataflow.Analyzers;
using Streamz.Dataflow.Tests.Conventions;

namespace Streamz.Dataflow.Tests.Analyzers;

[TestFixture]
internal sealed class RulesTests
{
    private static IEnumerable<DiagnosticAnalyzer> Analyzers =>
        typeof(EmitNotAwaitedAnalyzer).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!);

    [TestCaseSource(nameof(Analyzers))]
    public void Rule_HelpLink_LeadsToItsHeading(DiagnosticAnalyzer analyzer)
    {
        foreach (var rule in analyzer.SupportedDiagnostics)
        {
            var link = rule.HelpLinkUri.Split('#');

            Assert.That(MarkdownFile.All.Single(page => page.Page == link[0]).Anchors, Does.Contain(link[1]), rule.Id);
        }
    }

    [Test]
    public void Rules_EachAreReleasedAndDocumented()
    {
        var ids = Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id).Order(StringComparer.Ordinal).ToList();

        Assert.That(ids, Is.EqualTo(new[] { "STRM001", "STRM002", "STRM003", "STRM004" }));
    }
}
