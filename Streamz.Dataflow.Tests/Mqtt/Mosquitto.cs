using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Mqtt;

/// <summary>A mosquitto broker, as a process of its own that listens on the loopback address and tells in its log what it does.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private const string Topics = "topic readwrite #\ntopic deny secret\n";

    private readonly ScratchDirectory _files = new();
    private readonly Action<string> _onLog;
    private readonly TaskCompletionSource<bool> _runs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _log = [];
    private readonly Process _process;
    private readonly Task _reading;

    private Mosquitto(string program, Action<string> onLog)
    {
        _onLog = onLog;
        EndPoint = FreeEndPoint();
        File.WriteAllText(_files.PathTo("topics"), Topics);
        File.WriteAllLines(_files.PathTo("conf"), Configuration());
        _process = Process.Start(new ProcessStartInfo(program, ["-c", _files.PathTo("conf")]) { RedirectStandardError = true })!;
        _reading = ReadAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Starts a broker, or passes over the test where there is none.</summary>
    /// <param name="onLog">Is given each line of the log.</param>
    public static async Task<Mosquitto> StartAsync(Action<string> onLog)
    {
        while (true)
        {
            var broker = Start(onLog);
            if (await broker._runs.Task.Soon())
            {
                return broker;
            }

            await broker.DisposeAsync();
            if (!broker._log.Exists(line => line.Contains("Address already in use", StringComparison.Ordinal)))
            {
                throw new InvalidOperationException($"mosquitto did not start: {string.Join('\n', broker._log)}");
            }
        }
    }

    /// <summary>An address that nobody listens on. Somebody else may take the port before it is used.</summary>
    public static IPEndPoint FreeEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        _files.Dispose();
    }

    private static Mosquitto Start(Action<string> onLog)
    {
        // Not on the path of everybody, as what serves the system.
        string[] programs = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"];
        try
        {
            return new Mosquitto(Array.Find(programs, File.Exists) ?? "mosquitto", onLog);
        }
        catch (Win32Exception missing)
        {
            Assert.Ignore($"There is no mosquitto here, the broker that the test needs ({missing.Message}). On Debian or Ubuntu: apt-get install mosquitto");
            throw;
        }
    }

    private IEnumerable<string> Configuration() =>
    [
        $"listener {EndPoint.Port} {EndPoint.Address}",
        "allow_anonymous true",
        $"acl_file {_files.PathTo("topics")}",
        "persistence false",
        "log_dest stderr",
        "log_type all",
        // Else it changes to a user of its own if root starts it, who cannot read the files.
        "user root",
    ];

    private async Task ReadAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } stamped)
        {
            var line = stamped[(stamped.IndexOf(": ", StringComparison.Ordinal) + 2)..];
            _log.Add(line);
            if (line.StartsWith("mosquitto version", StringComparison.Ordinal) && line.EndsWith("running", StringComparison.Ordinal))
            {
                _runs.TrySetResult(true);
            }

            _onLog(line);
        }

        _runs.TrySetResult(false);
    }
}
