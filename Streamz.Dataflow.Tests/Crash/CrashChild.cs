using System.Diagnostics;
using System.Globalization;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Crash;

/// <summary>Runs the process that copies a log, and kills it.</summary>
internal sealed class CrashChild(ScratchDirectory directory, string mode)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    public string Log { get; } = directory.PathTo("records.log");

    public string AtLeastOnce { get; } = directory.PathTo("at-least-once.txt");

    public string ExactlyOnce { get; } = directory.PathTo("exactly-once.txt");

    public string PlainText { get; } = directory.PathTo("plain.txt");

    public string Checkpoints { get; } = directory.PathTo("checkpoints.db");

    /// <summary>What the last process wrote to its standard error.</summary>
    public string Errors { get; private set; } = "";

    /// <summary>Runs the process to its end, or kills it when it has done so many records, and a moment later.</summary>
    /// <param name="killBehind">The number of records; null to let it end.</param>
    /// <param name="extraYields">How long the moment is: so many turns of the thread pool.</param>
    /// <returns>Whether it was killed before it had ended.</returns>
    public async Task<bool> RunAsync(int? killBehind, int extraYields = 0)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "CrashChild.dll"), Log, AtLeastOnce, ExactlyOnce, PlainText, Checkpoints, mode },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var wasKilled = false;
        try
        {
            while (await process.StandardOutput.ReadLineAsync().WaitAsync(s_limit) is { } line)
            {
                var done = long.TryParse(line, CultureInfo.InvariantCulture, out var count) ? count : 0;
                if (done >= killBehind && line != "done")
                {
                    for (var i = 0; i < extraYields; i++)
                    {
                        await Task.Yield();
                    }

                    // SIGKILL where there are signals: nothing of the process runs any more.
                    wasKilled = !process.HasExited;
                    process.Kill();
                    break;
                }
            }
        }
        finally
        {
            if (!process.HasExited && killBehind is not null)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync().WaitAsync(s_limit);
        Errors = await errors.WaitAsync(s_limit);
        return wasKilled;
    }
}
