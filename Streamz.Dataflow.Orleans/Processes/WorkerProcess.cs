using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Streamz.Dataflow.Orleans.Processes;

/// <summary>
/// A process that was started as a worker. It ends when its standard input does, which is when this process ends, however it does: none is left behind.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int MaxRemembered = 4_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(Process process, int siloPort)
    {
        _process = process;
        SiloPort = siloPort;
    }

    /// <summary>The port that tells the worker from others.</summary>
    public int SiloPort { get; }

    public int Id => _process.Id;

    /// <summary>Completes when the process has ended.</summary>
    public Task Exit => _exit.Task;

    /// <summary>What the process has written to its standard error, at most the last of it.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Starts a worker.</summary>
    /// <param name="program">The program, with its first arguments; null for this one.</param>
    /// <param name="arguments">What the worker is told.</param>
    public static WorkerProcess Start(IReadOnlyList<string>? program, WorkerArguments arguments)
    {
        program ??= ThisProgram();
        var start = new ProcessStartInfo(program[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in program.Skip(1).Concat(arguments.ToArguments()))
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var worker = new WorkerProcess(process, arguments.SiloPort);
        process.Exited += (_, _) => worker._exit.TrySetResult();
        process.ErrorDataReceived += (_, line) => worker.Remember(line.Data);

        // What functions write to the standard output is theirs; nobody reads it here, but a full pipe would stop them.
        process.OutputDataReceived += static (_, _) => { };
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return worker;
    }

    /// <summary>Lets the worker join the cluster, for which it waits when everything else is ready.</summary>
    public void Admit()
    {
        try
        {
            _process.StandardInput.WriteLine();
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended, which its exit tells.
        }
    }

    /// <summary>Ends the process: by asking, and if it does not listen by force.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _exit.Task.WaitAsync(s_patience, TimeProvider.System).ConfigureAwait(false);
        }
        catch (Exception stubborn) when (stubborn is TimeoutException or IOException or InvalidOperationException)
        {
            Kill();
            await _exit.Task.ConfigureAwait(false);
        }

        _process.Dispose();
    }

    /// <summary>Ends the process at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    private static IReadOnlyList<string> ThisProgram()
    {
        var path = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its own file. Name it in OrleansLaunchOptions.Program.");
        var isHost = Path.GetFileNameWithoutExtension(path).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return isHost && Assembly.GetEntryAssembly() is { Location.Length: > 0 } entry ? [path, entry.Location] : [path];
    }

    private void Remember(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_errors)
        {
            _errors.AppendLine(line);
            if (_errors.Length > MaxRemembered)
            {
                _errors.Remove(0, _errors.Length - MaxRemembered);
            }
        }
    }
}
