namespace Streamz.Dataflow.Tests.Sources;

/// <summary>A directory of its own for a test, and what of it this process has open.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("streamz-");

    public string Path => _directory.FullName;

    public string PathTo(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A file of the directory that this process has open, where the system tells.</summary>
    public string? FindOpenFile() => !OperatingSystem.IsLinux() ? null : Directory.EnumerateFiles("/proc/self/fd")
        .Select(TargetOf)
        .FirstOrDefault(target => target?.StartsWith(Path, StringComparison.Ordinal) == true);

    public void Dispose() => _directory.Delete(recursive: true);

    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            // Closed since it was listed.
            return null;
        }
    }
}
