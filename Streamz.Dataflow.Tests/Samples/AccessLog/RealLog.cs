namespace Streamz.Dataflow.Tests.Samples.AccessLog;

/// <summary>A public web server's log of ten thousand lines, which is kept outside the repository.</summary>
internal static class RealLog
{
    private static readonly string _relativePath = Path.Combine("shared", "data", "apache_access.log");

    /// <summary>Its path; ends the test as ignored where the file is not at hand.</summary>
    public static string PathOrIgnore()
    {
        for (var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, _relativePath);
            if (File.Exists(path))
            {
                return path;
            }
        }

        Assert.Ignore($"Missing: {_relativePath}, looked for in {TestContext.CurrentContext.TestDirectory} and every folder above it.");
        throw new InvalidOperationException("An ignored test does not go on.");
    }
}
