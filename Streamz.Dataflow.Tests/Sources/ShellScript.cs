namespace Streamz.Dataflow.Tests.Sources;

/// <summary>Scripts whose processes can be told from all others, by a mark among their arguments.</summary>
internal sealed class ShellScript
{
    private readonly string _mark = $"streamz-{Guid.NewGuid():N}";

    /// <summary>Passes over tests where there is no shell.</summary>
    public static void Need()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("The test runs scripts of sh.");
        }
    }

    /// <summary>The arguments for <c>sh</c>. The script finds the mark in <c>$0</c>, to hand it on to processes that it starts.</summary>
    public IReadOnlyList<string> Arguments(string script) => ["-c", script, _mark];

    /// <summary>A process of these scripts that runs, where the system tells; one that has ended has no arguments any more.</summary>
    public string? FindProcess() => !OperatingSystem.IsLinux() ? null : Directory.EnumerateDirectories("/proc")
        .Where(path => int.TryParse(Path.GetFileName(path), out _))
        .Select(path => $"{path}/cmdline")
        .FirstOrDefault(Names);

    private bool Names(string commandLine)
    {
        try
        {
            return File.ReadAllText(commandLine).Contains(_mark, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
