namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>The checked-out files, found from the directory that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathTo(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A path with forward slashes, relative to the root.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The files below a folder, without what builds leave there.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var path = PathTo(folder);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories)
                .Where(file => !Relative(file).Split('/').Any(part => part is "bin" or "obj" or "artifacts"))
                .Order(StringComparer.Ordinal)
            : [];
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Streamz.Dataflow.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Streamz.Dataflow.sln above '{AppContext.BaseDirectory}'.");
    }
}
