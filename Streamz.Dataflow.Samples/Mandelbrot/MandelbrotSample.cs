using System.Globalization;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Mandelbrot;

/// <summary>A picture that several processes compute: its tiles are scattered, and come back in order to be written while others are computed.</summary>
internal sealed class MandelbrotSample : ISample
{
    private const int LeastOutstanding = 16;

    public string Name => "mandelbrot";

    public string Usage => "[--size N] [--workers N] [--iterations N] [--output FILE]     (with 0 workers in this process)";

    public string Summary => "a large picture of the Mandelbrot set, computed by processes of a cluster";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        var options = MandelbrotOptions.Parse(arguments);
        try
        {
            using var file = new PartialFile(options.Output);
            await using var cluster = await SampleCluster.StartAsync(options.Workers, host.Stopping);
            var elapsed = await RenderAsync(host, options, cluster, file.Content);
            var length = await file.CompleteAsync();
            var where = options.Workers == 0 ? "in this process" : $"by {options.Workers} worker{(options.Workers == 1 ? "" : "s")}";
            await host.Output.WriteAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Size:N0} x {options.Size:N0} pixels in {TilesOf(options):N0} tiles {where}, {elapsed.TotalSeconds:F1} s, {length / 1e6:F1} MB: {options.Output}\n"));
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (host.Stopping.IsCancellationRequested)
        {
            await host.Error.WriteAsync($"{Name}: interrupted, no picture was written\n");
            return ExitCode.Interrupted;
        }
        catch (Exception failure) when (failure is NodeFailedException or ClusterUnavailableException or IOException or UnauthorizedAccessException)
        {
            await host.Error.WriteAsync($"{Name}: {failure.Message}\n");
            return ExitCode.Failure;
        }
    }

    public async Task<int> RunBrieflyAsync(SampleHost host)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.png");
        try
        {
            return await RunAsync(host, ["--size", "256", "--workers", "0", "--output", file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static int TilesOf(MandelbrotOptions options) => MandelbrotTile.Across(options.Size) * MandelbrotTile.Across(options.Size);

    /// <returns>How long it took, without the start of the cluster.</returns>
    private static async Task<TimeSpan> RenderAsync(SampleHost host, MandelbrotOptions options, OrleansCluster cluster, Stream output)
    {
        using var png = await PngWriter.StartAsync(output, options.Size, options.Size);
        var progress = new MandelbrotProgress(host, cluster, TilesOf(options));
        var picture = new MandelbrotPicture(png, options.Size, progress.OnTile);
        var view = new MandelbrotView(options.Size, options.Iterations);

        // A band of tiles is under way while the one before is written: enough for every worker, and all that is in memory.
        var outstanding = Math.Max(LeastOutstanding, MandelbrotTile.Across(options.Size));
        var tiles = StreamSource.FromEnumerable(MandelbrotTile.Of(options.Size), new StreamOptions { TimeProvider = host.Clock });
        tiles.Scatter(cluster).Map(view, MandelbrotRenderer.Render).Buffer(outstanding).Gather().Sink(picture.AddAsync);
        await host.Output.WriteAsync(tiles.ToText() + "\n");

        var pipeline = tiles.Start();
        try
        {
            await progress.WaitAsync(pipeline);
        }
        catch (OperationCanceledException)
        {
            await pipeline.StopAsync(TimeSpan.Zero);
            throw;
        }

        await png.CompleteAsync();
        return progress.Elapsed;
    }
}
