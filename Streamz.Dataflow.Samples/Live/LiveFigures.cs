using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Samples.Live;

/// <summary>What the sinks of the live pipeline have been told so far.</summary>
internal sealed record LiveFigures
{
    public const int KeptSeconds = 60;
    public const int ListedPages = 10;

    /// <summary>The windows that arrived.</summary>
    public int Seconds { get; init; }

    public long Requests { get; init; }

    public long Bytes { get; init; }

    public long ServerErrors { get; init; }

    /// <summary>How often somebody was paged for a server error.</summary>
    public long Alerts { get; init; }

    public long PageViews { get; init; }

    public TrafficSecond? LastSecond { get; init; }

    /// <summary>The distinct clients of the last second.</summary>
    public int Visitors { get; init; }

    /// <summary>The pages of the last second, the most wanted first.</summary>
    public IReadOnlyList<PathCount> TopPages { get; init; } = [];

    /// <summary>The requests of the last seconds, the newest at the end.</summary>
    public IReadOnlyList<int> History { get; init; } = [];

    public LiveFigures With(TrafficSecond second, int visitors) => this with
    {
        Seconds = Seconds + 1,
        Requests = Requests + second.Requests,
        Bytes = Bytes + second.Bytes,
        ServerErrors = ServerErrors + second.ServerErrors,
        LastSecond = second,
        Visitors = visitors,
        History = [.. History.TakeLast(KeptSeconds - 1), second.Requests],
    };

    public LiveFigures With(IReadOnlyList<PathCount> pages) => this with
    {
        PageViews = PageViews + pages.Sum(page => page.Count),
        TopPages = [.. pages.Take(ListedPages)],
    };
}
