using System.Globalization;
using System.Text;
using Spectre.Console;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Analyses real logs: a reader, as many parsers as there are processors, and one sum of all they found.</summary>
internal sealed class AccessLogSample : ISample
{
    private const int LinesOfBriefRun = 20_000;

    private static readonly TimeSpan _progressInterval = TimeSpan.FromMilliseconds(100);

    public string Name => "access-log";

    public string Usage => "FILE... [--json]     (a FILE of - is standard input)";

    public string Summary => "figures of web server logs in the combined format, of any size";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        var (paths, json) = Parse(arguments);
        var files = new LogFiles(paths, host.OpenInput);
        try
        {
            files.EnsureExist();
            var summary = await SummarizeAsync(files, host);
            await host.Output.WriteAsync(json ? summary.ToJson() + "\n" : summary.ToText());
            await host.Output.FlushAsync();
            return ExitCode.Success;
        }
        catch (LogFileException failure)
        {
            await host.Error.WriteAsync($"{Name}: {failure.Message}\n");
            return ExitCode.Failure;
        }
        catch (OperationCanceledException)
        {
            await host.Error.WriteAsync($"{Name}: interrupted\n");
            return ExitCode.Interrupted;
        }
        catch (IOException)
        {
            // Whoever read the output has gone, and wanted no more of it.
            return ExitCode.Success;
        }
    }

    public Task<int> RunBrieflyAsync(SampleHost host)
    {
        var lines = new AccessLogSimulator(seed: 1)
            .Lines(new DateTimeOffset(2026, 5, 17, 10, 0, 0, TimeSpan.Zero), TimeSpan.FromMilliseconds(7))
            .Take(LinesOfBriefRun);
        var log = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
        return RunAsync(host with { OpenInput = () => new MemoryStream(log) }, ["-"]);
    }

    private static (IReadOnlyList<string> Paths, bool Json) Parse(IReadOnlyList<string> arguments)
    {
        var separator = arguments.Index().Where(argument => argument.Item == "--").Select(argument => argument.Index).FirstOrDefault(arguments.Count);
        var (options, files) = (arguments.Take(separator).Where(IsOption).ToList(), arguments.Take(separator).Where(argument => !IsOption(argument)));
        if (options.Find(option => option != "--json") is { } unknown)
        {
            throw new UsageException($"There is no option '{unknown}'.");
        }

        List<string> paths = [.. files, .. arguments.Skip(separator + 1)];
        return paths.Count > 0 ? (paths, options.Count > 0) : throw new UsageException("Which log? Name a file, or - for standard input.");
    }

    private static bool IsOption(string argument) => argument is ['-', _, ..];

    private static async Task<AccessLogSummary> SummarizeAsync(LogFiles files, SampleHost host)
    {
        var total = new AccessLogSummary();
        var reader = new LogReader(files);

        // Unordered: sums do not depend on the order of their parts, and lines know their numbers.
        var sink = StreamSource.FromAsyncEnumerable(reader.ReadAsync(), new StreamOptions { TimeProvider = host.Clock })
            .Map(block => block.Summarize(), maxDegreeOfParallelism: Environment.ProcessorCount, ordered: false)
            .Sink(total.Merge);
        var pipeline = sink.Start();
        try
        {
            await (host.ErrorScreen is { } screen
                ? ShowProgressAsync(screen, files, reader, pipeline, host)
                : pipeline.Completion.WaitAsync(host.Stopping));
            return total;
        }
        catch (NodeFailedException failure) when (failure.InnerException is LogFileException unreadable)
        {
            throw unreadable;
        }
        catch (OperationCanceledException)
        {
            await pipeline.StopAsync(TimeSpan.Zero);
            throw;
        }
    }

    private static Task ShowProgressAsync(IAnsiConsole screen, LogFiles files, LogReader reader, Pipeline pipeline, SampleHost host) =>
        screen.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var length = files.TotalLength();
                var task = progress.AddTask("reading", maxValue: length ?? 1);
                task.IsIndeterminate = length is null;
                while (!pipeline.Completion.IsCompleted)
                {
                    task.Value = length is null ? 0 : reader.BytesRead;
                    task.Description = string.Create(CultureInfo.InvariantCulture, $"{reader.LinesRead:N0} lines");
                    await Task.WhenAny(pipeline.Completion, Task.Delay(_progressInterval, host.Clock, host.Stopping));
                    host.Stopping.ThrowIfCancellationRequested();
                }

                await pipeline.Completion;
            });
}
