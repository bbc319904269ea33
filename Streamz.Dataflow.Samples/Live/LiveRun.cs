using System.Globalization;
using Spectre.Console;
using Streamz.Dataflow.Samples.AccessLog;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Live;

/// <summary>One run of the live pipeline, with the traffic that feeds it and what is shown of it.</summary>
internal sealed class LiveRun(LivePipeline live, Pipeline pipeline, SampleHost host, TimeSpan? duration)
{
    private readonly Traffic _traffic = new(new AccessLogSimulator(seed: 1), host.Clock);
    private readonly NodeTable _table = new(live.Source.ToText());
    private readonly long _began = host.Clock.GetTimestamp();

    public Pipeline Pipeline { get; } = pipeline;

    public long Emitted => _traffic.Emitted;

    private TimeSpan Elapsed => host.Clock.GetElapsedTime(_began);

    /// <summary>Prints the drawing, and a line for every second.</summary>
    public async Task PrintAsync()
    {
        await host.Output.WriteAsync($"{live.Source.ToText()}\n");
        live.OnSecond = figures => host.Output.Write(SecondLine(figures) + "\n");
        await _traffic.RunAsync(live.Source, duration, host.Stopping);
        await live.Source.CompleteAsync();
        await host.Output.WriteAsync("\n");
    }

    /// <summary>Draws the screen until the traffic has ended and the pipeline is drained.</summary>
    public async Task ShowAsync(IAnsiConsole screen, TimeSpan interval)
    {
        var drained = FeedAndDrainAsync();
        screen.AlternateScreen(() => DrawUntilAsync(drained, screen, interval).GetAwaiter().GetResult());
        await drained;
    }

    /// <summary>The drawing with the counts of all nodes beside it.</summary>
    public string Table(int width)
    {
        var rows = _table.Update(Pipeline.GetSnapshot(), Elapsed);
        return string.Concat(LiveScreen.Table(rows, width).Select(line => line.ToText(width) + "\n"));
    }

    private async Task FeedAndDrainAsync()
    {
        await _traffic.RunAsync(live.Source, duration, host.Stopping);
        await live.Source.CompleteAsync();
    }

    private Task DrawUntilAsync(Task drained, IAnsiConsole screen, TimeSpan interval) =>
        screen.Live(Text.Empty).Overflow(VerticalOverflow.Crop).StartAsync(async display =>
        {
            var (width, height) = (0, 0);
            while (!drained.IsCompleted)
            {
                if (width != screen.Profile.Width || height != screen.Profile.Height)
                {
                    // The terminal has wrapped what was there.
                    (width, height) = (screen.Profile.Width, screen.Profile.Height);
                    screen.Clear();
                }

                display.UpdateTarget(Draw(width, height));
                await Task.WhenAny(drained, Task.Delay(interval, host.Clock));
            }
        });

    private Rows Draw(int width, int height)
    {
        var state = host.Stopping.IsCancellationRequested ? "draining" : string.Create(CultureInfo.InvariantCulture, $"{Elapsed:mm\\:ss}  Ctrl+C ends");
        var rows = _table.Update(Pipeline.GetSnapshot(), Elapsed);
        return new Rows(LiveScreen.Lines(rows, live.Figures, state, width, height).Select(line => line.Render(width)));
    }

    private string SecondLine(LiveFigures figures)
    {
        var second = figures.LastSecond!;
        var nodes = Pipeline.GetSnapshot().Nodes;
        var queues = nodes.Where(node => node.Capacity > 0).Sum(node => node.Queued);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{figures.Seconds,3} s  {second.Requests,6:N0} requests/s  {second.Bytes / 1e6,6:N1} MB  {figures.Visitors,6:N0} visitors  {second.ServerErrors,4:N0} failed  {nodes.Sum(node => node.Failed),4:N0} malformed so far  {queues,4:N0} queued");
    }
}
