using System.Reflection;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Tests.Conventions;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>All that has a page: operators, sources, sinks and bridges, as the public API has them.</summary>
internal static class OperatorCatalogue
{
    private const string Suffix = "Operator";

    /// <summary>What is written on a stream without being an operator.</summary>
    private static readonly Type[] s_helpers = [typeof(GraphEditing), typeof(GraphVisualization), typeof(PipelineStarting)];

    private static readonly Lazy<IReadOnlyList<CataloguePage>> s_pages = new(Read);

    public static string Folder => Repository.PathTo("docs", "operators");

    /// <summary>The pages that have an example, in the order of their names.</summary>
    public static IReadOnlyList<CataloguePage> Pages => [.. s_pages.Value.Where(page => page.Examples.Count > 0)];

    /// <summary>What the public API has and no example shows.</summary>
    public static IEnumerable<string> WithoutExample => s_pages.Value.Where(page => page.Examples.Count == 0).Select(page => page.Name);

    public static IReadOnlyList<Type> Examples { get; } =
        [.. typeof(OperatorCatalogue).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Example)))];

    private static List<CataloguePage> Read()
    {
        var examples = Examples.ToLookup(example => CataloguePage.About(example).Page);
        return [.. Groups()
            .Where(group => group.Methods.Count > 0)
            .Select(group => new CataloguePage(group.Name, group.Methods, [.. examples[group.Name].OrderBy(example => CataloguePage.About(example).Order)]))
            .OrderBy(page => page.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<(string Name, List<PublicMethod> Methods)> Groups()
    {
        var types = typeof(StreamSource).Assembly.GetExportedTypes().Where(type => type is { IsAbstract: true, IsSealed: true } && !s_helpers.Contains(type)).ToList();
        foreach (var method in LibrarySource.MethodsOf(typeof(StreamSource)).GroupBy(method => method.Name))
        {
            yield return (method.Key, [.. method]);
        }

        foreach (var group in types.Where(HasOperators).GroupBy(PageOf))
        {
            yield return (group.Key, [.. group.SelectMany(LibrarySource.MethodsOf)]);
        }
    }

    /// <summary>Operators of a cluster stream mirror those of a stream, and share a page.</summary>
    private static string PageOf(Type type)
    {
        var name = type.Name.TrimEnd('s');
        name = name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : type.Name;
        return name.StartsWith("Cluster", StringComparison.Ordinal) ? "Cluster" : name;
    }

    private static bool HasOperators(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Any(method => method.IsDefined(typeof(ExtensionAttribute)) && IsStream(method.GetParameters()[0].ParameterType));

    private static bool IsStream(Type type) =>
        typeof(IStream).IsAssignableFrom(type)
        || (type.IsGenericType && type.Namespace == typeof(IStream).Namespace)
        || (type.IsArray && IsStream(type.GetElementType()!))
        || (type.IsGenericType && type.GetGenericArguments().Any(IsStream));
}
