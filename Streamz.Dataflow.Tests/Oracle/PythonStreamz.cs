using System.Diagnostics;
using System.Text.Json;
using Streamz.Dataflow.Tests.Conventions;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Oracle;

/// <summary>One Python process that runs cases through python-streamz.</summary>
internal sealed class PythonStreamz : IDisposable
{
    private const int ModuleMissing = 3;
    private const string DebianPython = "/usr/bin/python3";

    private readonly Process _process;
    private readonly Lock _gate = new();

    private PythonStreamz(Process process) => _process = process;

    /// <summary>Starts the process.</summary>
    /// <returns>The process, or null with the reason if there is no python-streamz here.</returns>
    public static (PythonStreamz? Oracle, string Reason) Start()
    {
        // The package of the distribution belongs to the Python of the distribution, which need not be the first on the path.
        var python = File.Exists(DebianPython) ? DebianPython : "python3";
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(python, ["-u", Repository.PathTo("Streamz.Dataflow.Tests", "Oracle", "streamz_oracle.py")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (null, $"There is no Python here ({python}: {missing.Message}).");
        }

        // Read away, or the process would stop at a full pipe; shown if it fails.
        var complaints = new List<string>();
        process.ErrorDataReceived += (_, line) => complaints.Add(line.Data ?? "");
        process.BeginErrorReadLine();
        if (process.StandardOutput.ReadLine() is { } greeting)
        {
            return (new PythonStreamz(process), $"python-streamz {greeting}");
        }

        process.WaitForExit();
        return process.ExitCode == ModuleMissing
            ? (null, $"{python} has no module streamz. On Debian or Ubuntu: apt-get install python3-streamz")
            : throw new InvalidOperationException($"The oracle ended with {process.ExitCode}: {string.Join('\n', complaints)}");
    }

    /// <summary>Runs a case.</summary>
    /// <param name="name">The name of the case in the script.</param>
    /// <param name="inputs">What is emitted, as JSON, with the number of its source.</param>
    /// <returns>What came out, as JSON.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(string name, IEnumerable<(int Source, string Value)> inputs)
    {
        var request = $$"""{"case":"{{name}}","inputs":[{{string.Join(",", inputs.Select(input => $"[{input.Source},{input.Value}]"))}}]}""";
        var answer = await Task.Run(() => Ask(request)).Soon();
        return JsonSerializer.Deserialize<string[]>(answer)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private string Ask(string request)
    {
        lock (_gate)
        {
            _process.StandardInput.WriteLine(request);
            _process.StandardInput.Flush();
            return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The oracle has ended at {request}.");
        }
    }
}
