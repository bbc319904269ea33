using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Streamz.Dataflow.Tests.Samples;

/// <summary>The program of the samples as a process of its own, which can start others.</summary>
internal sealed class SampleProcess : IDisposable
{
    private const int Terminate = 15;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task<string> _errors;

    private SampleProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static SampleProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Streamz.Dataflow.Samples.dll") },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new SampleProcess(Process.Start(start)!);
    }

    /// <summary>Waits until so many workers have been started.</summary>
    /// <returns>The cluster that they are of; null where the system does not tell.</returns>
    public async Task<string?> ClusterOfAsync(int workers)
    {
        var waited = Stopwatch.StartNew();
        while (OperatingSystem.IsLinux() && waited.Elapsed < s_limit)
        {
            var started = WorkerProcesses().Where(worker => worker.Parent == _process.Id).ToList();
            if (started.Count == workers)
            {
                return started[0].Cluster;
            }

            // Nobody is told of the processes of others.
            await Task.Delay(s_look);
        }

        return OperatingSystem.IsLinux() ? throw new TimeoutException($"There are not {workers} workers of the process.") : null;
    }

    /// <summary>Reads what the process prints, up to a line with a text in it.</summary>
    /// <returns>That line.</returns>
    public async Task<string> ReadToAsync(string text)
    {
        string? line;
        do
        {
            line = await _process.StandardOutput.ReadLineAsync().WaitAsync(s_limit) ?? throw new EndOfStreamException($"'{text}' is not in: {_output}{await _errors}");
            _output.Append(line).Append('\n');
        }
        while (!line.Contains(text, StringComparison.Ordinal));
        return line;
    }

    /// <summary>Asks the process to end, as Ctrl+C does.</summary>
    public void AskToEnd()
    {
        if (Signal(_process.Id, Terminate) != 0)
        {
            throw new InvalidOperationException("The process could not be asked to end.");
        }
    }

    public void Kill() => _process.Kill();

    public bool HasExited => _process.HasExited;

    /// <summary>The most memory that it has had so far.</summary>
    public long PeakMemory()
    {
        _process.Refresh();
        return _process.PeakWorkingSet64;
    }

    public async Task<SampleRun> EndAsync()
    {
        _output.Append(await _process.StandardOutput.ReadToEndAsync().WaitAsync(s_limit));
        await _process.WaitForExitAsync().WaitAsync(s_limit);
        return new SampleRun(_process.ExitCode, _output.ToString(), await _errors.WaitAsync(s_limit));
    }

    /// <summary>The workers of a cluster that still run.</summary>
    public static IReadOnlyList<int> WorkersOf(string? cluster) =>
        [.. WorkerProcesses().Where(worker => worker.Cluster == cluster).Select(worker => worker.Id)];

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static IEnumerable<(int Id, int Parent, string Cluster)> WorkerProcesses()
    {
        if (!OperatingSystem.IsLinux())
        {
            yield break;
        }

        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id)
                && TextOf($"{directory}/cmdline").Split('\0') is var arguments
                && arguments.Contains("--streamz-worker")
                && arguments.FirstOrDefault(argument => argument.StartsWith("streamz-", StringComparison.Ordinal)) is { } cluster)
            {
                yield return (id, ParentIn(TextOf($"{directory}/status")), cluster);
            }
        }
    }

    private static int ParentIn(string status) =>
        status.Split('\n').FirstOrDefault(line => line.StartsWith("PPid:", StringComparison.Ordinal)) is { } line
            ? int.Parse(line.AsSpan("PPid:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture)
            : 0;

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The process has ended since it was listed, or is another user's.
            return "";
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Signal(int process, int signal);
}
