using System.Globalization;
using System.Text;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Writes a log to standard output, for those who have none at hand.</summary>
internal sealed class SimulateLogSample : ISample
{
    private const int CharactersAtOnce = 1 << 16;

    private static readonly DateTimeOffset _start = new(2026, 5, 17, 10, 0, 0, TimeSpan.Zero);

    public string Name => "simulate-log";

    public string Usage => "LINES [SEED]";

    public string Summary => "a log to try access-log with: 6,000,000 lines are about 1 GB";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        if (arguments.Count is 0 or > 2)
        {
            throw new UsageException("How many lines?");
        }

        var lines = Number(arguments[0], "a number of lines");
        var simulator = new AccessLogSimulator(arguments.Count == 2 ? (int)Math.Min(Number(arguments[1], "a seed"), int.MaxValue) : 1);
        var text = new StringBuilder();
        for (var line = 0L; line < lines && !host.Stopping.IsCancellationRequested; line++)
        {
            // A hundred requests a second.
            text.Append(simulator.Next(_start.AddMilliseconds(line * 10))).Append('\n');
            if (text.Length >= CharactersAtOnce)
            {
                await host.Output.WriteAsync(text);
                text.Clear();
            }
        }

        await host.Output.WriteAsync(text);
        return ExitCode.Success;
    }

    public Task<int> RunBrieflyAsync(SampleHost host) => RunAsync(host, ["5"]);

    private static long Number(string text, string what) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"'{text}' is not {what}.");
}
