using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Streamz.Dataflow.Tests.Catalogue.Marbles;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>An example with what its run gave.</summary>
internal sealed record PlayedExample(ExampleOfAttribute About, ExampleCode Code, Timeline Timeline, string Picture)
{
    public required MarbleDiagram Diagram { get; init; }
}

/// <summary>What the catalogue says of one operator.</summary>
/// <param name="Name">The name, for example <c>Partition</c>.</param>
/// <param name="Methods">The public methods, in the order of their source.</param>
/// <param name="Examples">The classes of the examples, in their order on the page.</param>
internal sealed partial record CataloguePage(string Name, IReadOnlyList<PublicMethod> Methods, IReadOnlyList<Type> Examples)
{
    /// <summary>The name of the file, for example <c>timed-window.md</c>.</summary>
    public string FileName => $"{Slug(Name)}.md";

    public Theme Theme => About(Examples[0]).Theme;

    public string Summary => About(Examples[0]).Summary ?? DocText.Of(XmlDocs.Of(Methods[0].Id).Element("summary"));

    public static string Slug(string name) => WordStart().Replace(name, "-$0").ToLowerInvariant();

    public async Task<IReadOnlyList<PlayedExample>> PlayAsync()
    {
        var played = new List<PlayedExample>();
        foreach (var type in Examples)
        {
            var example = (Example)Activator.CreateInstance(type)!;
            var about = About(type);
            var code = ExampleCode.Of(type);
            var timeline = await example.RunAsync();
            played.Add(new PlayedExample(about, code, timeline, PictureOf(about))
            {
                Diagram = new MarbleDiagram($"Marble diagram of {Name}: {about.Caption}", code.CallOf(Methods.Select(method => method.Name)), timeline),
            });
        }

        return played;
    }

    public string PictureOf(ExampleOfAttribute about) =>
        string.Create(CultureInfo.InvariantCulture, $"{Slug(Name)}{(about.Order == 1 ? "" : $"-{about.Order}")}.svg");

    public override string ToString() => Name;

    internal static ExampleOfAttribute About(Type example) => example.GetCustomAttribute<ExampleOfAttribute>()!;

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]")]
    private static partial Regex WordStart();
}
