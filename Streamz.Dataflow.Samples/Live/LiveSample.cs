using System.Globalization;
using Spectre.Console;
using Streamz.Dataflow.Samples.AccessLog;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Live;

/// <summary>Shows a pipeline at work: on a terminal a screen that is drawn again and again, else lines.</summary>
internal sealed class LiveSample : ISample
{
    private const int PlainWidth = 100;

    private static readonly TimeSpan _redraw = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _plainDuration = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _drainDeadline = TimeSpan.FromSeconds(10);

    public string Name => "live";

    public string Usage => "[--seconds N] [--plain]";

    public string Summary => "a live pipeline: the simulated access log of a busy web server, until Ctrl+C";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        var (seconds, plain) = Parse(arguments);
        var screen = plain ? null : host.Screen;
        var duration = seconds ?? (screen is null ? _plainDuration : null);

        var live = new LivePipeline(host.Clock);
        var run = new LiveRun(live, live.Source.Start(), host, duration);
        try
        {
            await (screen is null ? run.PrintAsync() : run.ShowAsync(screen, _redraw));
        }
        catch (NodeFailedException failure)
        {
            await host.Error.WriteAsync($"{Name}: {failure.Message}\n");
            return ExitCode.Failure;
        }

        var stop = await run.Pipeline.StopAsync(_drainDeadline);
        var summary = new LiveSummary(run.Emitted, run.Pipeline.GetSnapshot(), live.Figures, stop);
        await host.Output.WriteAsync($"{run.Table(screen?.Profile.Width ?? PlainWidth)}\n{summary}");
        return summary.AddsUp ? ExitCode.Success : ExitCode.Failure;
    }

    public Task<int> RunBrieflyAsync(SampleHost host) => RunAsync(host, ["--plain", "--seconds", "2"]);

    private static (TimeSpan? Seconds, bool Plain) Parse(IReadOnlyList<string> arguments)
    {
        TimeSpan? seconds = null;
        var plain = false;
        for (var index = 0; index < arguments.Count; index++)
        {
            switch (arguments[index])
            {
                case "--plain":
                    plain = true;
                    break;
                case "--seconds":
                    seconds = Seconds(arguments.ElementAtOrDefault(++index));
                    break;
                default:
                    throw new UsageException($"What is '{arguments[index]}'?");
            }
        }

        return (seconds, plain);
    }

    private static TimeSpan Seconds(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 1e6
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"--seconds takes a number above 0 and up to 1,000,000, not '{text}'.");
}
