using System.Globalization;
using Spectre.Console;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Mandelbrot;

/// <summary>Tells how far the picture is: on a terminal by a bar, else by lines.</summary>
internal sealed class MandelbrotProgress(SampleHost host, OrleansCluster cluster, int tiles)
{
    private const int Lines = 20;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly long _began = host.Clock.GetTimestamp();
    private int _done;
    private int _lines;

    public TimeSpan Elapsed => host.Clock.GetElapsedTime(_began);

    private double TilesPerSecond => Volatile.Read(ref _done) / Math.Max(Elapsed.TotalSeconds, 0.001);

    /// <summary>Called by the pipeline for every tile.</summary>
    public void OnTile(int done)
    {
        Volatile.Write(ref _done, done);
        if (host.Screen is null && done * Lines / tiles > _lines)
        {
            _lines = done * Lines / tiles;
            host.Output.Write(string.Create(
                CultureInfo.InvariantCulture, $"{100 * done / tiles,3} %  {done,7:N0} of {tiles:N0} tiles  {TilesPerSecond,7:F1} tiles/s  {Shares()}\n"));
        }
    }

    /// <summary>Waits for the end of the pipeline, or until the sample is to stop.</summary>
    public Task WaitAsync(Pipeline pipeline) => host.Screen is { } screen ? ShowAsync(screen, pipeline) : pipeline.Completion.WaitAsync(host.Stopping);

    private Task ShowAsync(IAnsiConsole screen, Pipeline pipeline) =>
        screen.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("rendering", maxValue: tiles);
                while (!pipeline.Completion.IsCompleted)
                {
                    bar.Value = Volatile.Read(ref _done);
                    bar.Description = Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{TilesPerSecond:F1} tiles/s  {Shares()}"));
                    await Task.WhenAny(pipeline.Completion, Task.Delay(s_interval, host.Clock, host.Stopping));
                    host.Stopping.ThrowIfCancellationRequested();
                }

                await pipeline.Completion;
            });

    /// <summary>Who has computed how much of it. What workers have done runs ahead of what is gathered.</summary>
    private string Shares()
    {
        var workers = cluster.GetSnapshot().Workers;
        var all = Math.Max(1, workers.Sum(worker => worker.Completed));
        return workers is [{ IsRemote: false }]
            ? "in this process"
            : string.Join(", ", workers.Select(worker => string.Create(CultureInfo.InvariantCulture, $"{worker.Name} {100.0 * worker.Completed / all:F0} %")));
    }
}
