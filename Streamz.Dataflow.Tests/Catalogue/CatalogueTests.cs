using Streamz.Dataflow.Tests.Conventions;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>
/// The catalogue in docs/operators is what its sources say: each page is made of the public documentation and the examples beside
/// this file. STREAMZ_APPROVE=1 writes pages and pictures anew; read the difference, and look at the pictures, before committing them.
/// </summary>
[TestFixture]
internal sealed class CatalogueTests
{
    /// <summary>Operators that have no example yet. To take one off the list, add <c>Examples/(Name)Example.cs</c>.</summary>
    private static readonly string[] s_toCome = [];

    private static bool IsApproving => Environment.GetEnvironmentVariable("STREAMZ_APPROVE") == "1";

    private static IReadOnlyList<CataloguePage> Pages => OperatorCatalogue.Pages;

    [Test]
    public void Operators_OfThePublicApi_HaveAPage() =>
        Assert.That(
            OperatorCatalogue.WithoutExample.Except(s_toCome),
            Is.Empty,
            $"Add {ExampleCode.Folder}/(Name)Example.cs for each, and run the tests with STREAMZ_APPROVE=1.");

    [Test]
    public void Examples_All_BelongToAnOperator() =>
        Assert.That(
            OperatorCatalogue.Examples.Select(example => CataloguePage.About(example).Page).Distinct().Except(Pages.Select(page => page.Name)),
            Is.Empty,
            "No operator has the name that [ExampleOf] gives.");

    [TestCaseSource(nameof(Pages)), CancelAfter(60_000)]
    [DefaultMode]
    public async Task Page_Generated_IsTheOneCheckedIn(CataloguePage page)
    {
        IgnoreWhereItCannotRun(page);
        var examples = await page.PlayAsync();

        Assert.Multiple(() =>
        {
            AssertFile(page.FileName, PageWriter.Write(page, examples));
            foreach (var example in examples)
            {
                AssertFile($"images/{example.Picture}", example.Diagram.ToSvg());
            }
        });
    }

    /// <summary>A diagram is truthful only if the run that it was drawn from is the same each time.</summary>
    [TestCaseSource(nameof(Pages)), CancelAfter(60_000)]
    public async Task Examples_PlayedAgain_GiveTheSame(CataloguePage page)
    {
        IgnoreWhereItCannotRun(page);
        var first = await page.PlayAsync();
        var again = await page.PlayAsync();

        Assert.That(again.Select(example => TimelineTable.Of(example.Timeline)), Is.EqualTo(first.Select(example => TimelineTable.Of(example.Timeline))));
    }

    [Test]
    public void Index_Generated_IsTheOneCheckedIn() => AssertFile("README.md", PageWriter.WriteIndex(Pages));

    [Test]
    public void Files_OfTheFolder_AllBelongToAPage()
    {
        var pictures = Pages.SelectMany(page => page.Examples.Select(CataloguePage.About).Select(about => PictureOf(page, about)));
        var known = Pages.Select(page => page.FileName).Concat(pictures).Append("README.md");

        var files = Repository.Files("docs/operators", "*").Select(file => Path.GetRelativePath(OperatorCatalogue.Folder, file).Replace('\\', '/'));

        Assert.That(files.Except(known), Is.Empty, "No page has these any more: delete them.");
    }

    private static void IgnoreWhereItCannotRun(CataloguePage page)
    {
        if (OperatingSystem.IsWindows() && page.Examples.Any(example => CataloguePage.About(example).NeedsUnix))
        {
            Assert.Ignore($"The example of {page} runs a program that Windows does not have.");
        }
    }

    private static string PictureOf(CataloguePage page, ExampleOfAttribute about) => $"images/{page.PictureOf(about)}";

    private static void AssertFile(string name, string text)
    {
        var path = Path.Combine(OperatorCatalogue.Folder, name);
        if (IsApproving)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.That(
            File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "",
            Is.EqualTo(text),
            $"docs/operators/{name} is out of date. Run the tests with STREAMZ_APPROVE=1.");
    }
}
