using System.Diagnostics;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>A process that a test has started. It ends with the test, and with the process of the tests, however that ends: none is left behind.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int MaxRemembered = 50;

    /// <summary>
    /// The standard input ends when the process of the tests does, even if that is killed; nothing else tells of it. The signal comes from here, since a child of another
    /// user would not be reached by way of the program that changes the user. What has ended by itself keeps its files.
    /// </summary>
    private const string Guard = """
        signal=$1 directory=$2
        shift 2
        trap '' INT
        exec 3<&0
        "$@" </dev/null 3<&- & child=$!
        (read -r end <&3; trap '' TERM; kill -s "$signal" $child) & guard=$!
        wait $child
        code=$?
        kill $guard 2>/dev/null
        wait $guard && rm -rf "$directory"
        exit $code
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Queue<string> _output = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Remember(line.Data);
        process.ErrorDataReceived += (_, line) => Remember(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a process.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="directory">Where it runs, if that matters; removed when the process is made to end.</param>
    /// <param name="user">Who runs it, if that is another one.</param>
    /// <param name="signal">What makes it end.</param>
    public static ChildProcess Start(IEnumerable<string> command, string? directory = null, string? user = null, string signal = "KILL")
    {
        string[] all = [.. user is null ? Array.Empty<string>() : ["runuser", "-u", user, "--"], "sh", "-c", Guard, "sh", signal, directory ?? "", .. command];
        return new ChildProcess(Process.Start(new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        })!);
    }

    /// <summary>Runs a process that must end well.</summary>
    public static async Task RunAsync(IEnumerable<string> command, string? directory = null, string? user = null, CancellationToken cancellation = default)
    {
        using var process = Start(command, directory, user);
        await process._process.WaitForExitAsync(cancellation);
        if (process._process.ExitCode != 0)
        {
            throw process.Failure();
        }
    }

    /// <summary>Tries again what fails in this way as long as the process is not ready for it.</summary>
    public async Task ReadyAsync<TFailure>(Func<Task> attempt, CancellationToken cancellation)
        where TFailure : Exception
    {
        while (true)
        {
            try
            {
                await attempt();
                return;
            }
            catch (TFailure) when (!_process.HasExited)
            {
                await Task.Delay(20, cancellation);
            }
            catch (TFailure)
            {
                throw Failure();
            }
        }
    }

    /// <summary>Makes the process end, and waits until it has.</summary>
    public void End()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(s_patience))
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose()
    {
        End();
        _process.Dispose();
    }

    private InvalidOperationException Failure()
    {
        lock (_output)
        {
            return new InvalidOperationException($"{string.Join(' ', _process.StartInfo.ArgumentList.SkipWhile(argument => argument != Guard).Skip(4))} has ended: {string.Join('\n', _output)}");
        }
    }

    private void Remember(string? line)
    {
        lock (_output)
        {
            _output.Enqueue(line ?? "");
            if (_output.Count > MaxRemembered)
            {
                _output.Dequeue();
            }
        }
    }
}
