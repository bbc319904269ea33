using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Samples.Live;

/// <summary>The pipeline that is shown: lines of an access log in, figures of every second out.</summary>
internal sealed class LivePipeline
{
    public const string Parse = "parse";
    public const string EachSecond = "each second";
    public const string PagesEachSecond = "views each second";
    public const string ToBePaged = "waiting";

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _timeToPage = TimeSpan.FromMilliseconds(5);

    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private LiveFigures _figures = new();

    public LivePipeline(TimeProvider clock)
    {
        _clock = clock;
        Source = new StreamSource<string>(new StreamOptions { TimeProvider = clock });
        var entries = Source.Map(ParseLine, maxDegreeOfParallelism: 2, options: new() { Name = Parse, OnError = ErrorPolicy.Skip });

        var seconds = entries.TimedWindow(_second, options: Named(EachSecond));
        var traffic = seconds.Map(TrafficSecond.Of, options: Named("traffic"));
        var visitors = seconds.Map(CountVisitors, options: Named("visitors"));
        traffic.Zip(visitors, options: Named("both")).Sink(Report, options: Named("report"));

        entries.Filter(IsPage, Named("pages")).TimedWindow(_second, options: Named(PagesEachSecond))
            .Map(MostWanted, options: Named("most wanted")).Sink(ReportPages, options: Named("top pages"));

        entries.Filter(IsServerError, Named("failures")).Buffer(200, Named(ToBePaged)).Sink(PageAsync, options: Named("pager"));
    }

    public StreamSource<string> Source { get; }

    public LiveFigures Figures
    {
        get
        {
            lock (_gate)
            {
                return _figures;
            }
        }
    }

    /// <summary>Called by the pipeline when a second has been reported.</summary>
    public Action<LiveFigures> OnSecond { get; set; } = _ => { };

    private static NodeOptions Named(string name) => new() { Name = name };

    private static AccessLogEntry ParseLine(string line) => AccessLogParser.TryParse(line, out var entry)
        ? entry
        : throw new FormatException($"Not in the combined format: {PrintableText.Of(line)}");

    private static int CountVisitors(IReadOnlyList<AccessLogEntry> entries) => entries.Select(entry => entry.Client).Distinct().Count();

    private static bool IsPage(AccessLogEntry entry) =>
        entry is { Status: 200, Path: { } path } && Path.GetExtension(path.AsSpan()) is not (".css" or ".js" or ".ico" or ".png" or ".jpg");

    private static bool IsServerError(AccessLogEntry entry) => entry.Status >= 500;

    private static IReadOnlyList<PathCount> MostWanted(IReadOnlyList<AccessLogEntry> entries) =>
    [
        .. entries.CountBy(entry => entry.Path!)
            .Select(page => new PathCount(page.Key, page.Value))
            .OrderByDescending(page => page.Count)
            .ThenBy(page => page.Path, StringComparer.Ordinal),
    ];

    private void Report((TrafficSecond Traffic, int Visitors) second) =>
        OnSecond(Update(figures => figures.With(second.Traffic, second.Visitors)));

    private void ReportPages(IReadOnlyList<PathCount> pages) => Update(figures => figures.With(pages));

    private async Task PageAsync(AccessLogEntry entry)
    {
        // The slowest part by far: its queue fills in every burst of errors, and when it is full, everything waits.
        await Task.Delay(_timeToPage, _clock);
        Update(figures => figures with { Alerts = figures.Alerts + 1 });
    }

    private LiveFigures Update(Func<LiveFigures, LiveFigures> change)
    {
        lock (_gate)
        {
            return _figures = change(_figures);
        }
    }
}
