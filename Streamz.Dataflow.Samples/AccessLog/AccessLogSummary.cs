using System.Runtime.InteropServices;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>The figures of a log, or of a part of it that is merged with the others later.</summary>
/// <remarks>
/// <para>
/// All counts are exact, so memory grows with the distinct clients, paths and minutes, and not with the lines. The result
/// does not depend on the order in which lines are added or parts are merged.
/// </para>
/// <para>Not safe for use by several threads at once: give each its own, and merge them.</para>
/// </remarks>
internal sealed class AccessLogSummary
{
    /// <summary>How many paths <see cref="ToJson"/> and <see cref="ToText"/> list.</summary>
    public const int ListedPaths = 10;

    private readonly MalformedLines _malformedLines = new();
    private readonly SortedDictionary<int, long> _byStatus = [];
    private readonly Dictionary<string, long> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _clients = new(StringComparer.Ordinal);
    private readonly Dictionary<LogMinute, long> _minutes = [];

    /// <summary>All lines, malformed ones included.</summary>
    public long Lines { get; private set; }

    /// <summary>The lines that are not in the combined format; no other figure but <see cref="Lines"/> counts them.</summary>
    public long Malformed { get; private set; }

    /// <summary>The five malformed lines with the lowest numbers, in order.</summary>
    public IReadOnlyList<MalformedLine> FirstMalformed => _malformedLines.First;

    /// <summary>Requests by status, the statuses in order.</summary>
    public IReadOnlyDictionary<int, long> ByStatus => _byStatus;

    /// <summary>Bytes sent; stays at <see cref="long.MaxValue"/> once there, which takes a forged log.</summary>
    public long Bytes { get; private set; }

    /// <summary>Distinct clients.</summary>
    public int Clients => _clients.Count;

    /// <summary>The minute with the most requests, the earliest of several; null where there was no request.</summary>
    /// <remarks>
    /// Minutes are told apart as they are written: the same minute in two offsets is two. The log may go back in time.
    /// </remarks>
    public MinuteCount? BusiestMinute
    {
        get
        {
            MinuteCount? busiest = null;
            foreach (var (minute, count) in _minutes)
            {
                var candidate = new MinuteCount(minute.ToDateTimeOffset(), count);
                if (busiest is not { } best || IsBusier(candidate, best))
                {
                    busiest = candidate;
                }
            }

            return busiest;
        }
    }

    public void Add(in AccessLogEntry entry)
    {
        Lines++;
        AddBytes(entry.Bytes);
        _clients.Add(entry.Client);
        _byStatus[entry.Status] = _byStatus.GetValueOrDefault(entry.Status) + 1;
        Increase(_minutes, LogMinute.Of(entry.Time), 1);
        if (entry.Path is { } path)
        {
            Increase(_paths, path, 1);
        }
    }

    /// <param name="lineNumber">From 1, over the whole input: a second file goes on where the first one ended.</param>
    /// <param name="line">The line as it was read.</param>
    public void AddMalformed(long lineNumber, string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        Lines++;
        Malformed++;
        _malformedLines.Add(lineNumber, line);
    }

    /// <summary>Adds what <paramref name="other"/> has counted, and leaves it as it is.</summary>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this one.</exception>
    public void Merge(AccessLogSummary other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(this, other))
        {
            throw new ArgumentException("A summary cannot be merged with itself: every line would count twice.", nameof(other));
        }

        Lines += other.Lines;
        Malformed += other.Malformed;
        AddBytes(other.Bytes);
        _clients.UnionWith(other._clients);
        foreach (var line in other.FirstMalformed)
        {
            _malformedLines.Add(line);
        }

        foreach (var (status, count) in other._byStatus)
        {
            _byStatus[status] = _byStatus.GetValueOrDefault(status) + count;
        }

        foreach (var (path, count) in other._paths)
        {
            Increase(_paths, path, count);
        }

        foreach (var (minute, count) in other._minutes)
        {
            Increase(_minutes, minute, count);
        }
    }

    /// <summary>The <paramref name="count"/> most requested paths; equal counts in ordinal order of the path.</summary>
    public IReadOnlyList<PathCount> TopPaths(int count) =>
    [
        .. _paths
            .Select(path => new PathCount(path.Key, path.Value))
            .OrderByDescending(path => path.Count)
            .ThenBy(path => path.Path, StringComparer.Ordinal)
            .Take(count),
    ];

    /// <summary>One JSON object on one line; see <see cref="AccessLogJson"/>.</summary>
    public string ToJson() => AccessLogJson.Write(this);

    /// <summary>A report for people; see <see cref="AccessLogReport"/>.</summary>
    public string ToText() => AccessLogReport.Write(this);

    private void AddBytes(long bytes) => Bytes = bytes > long.MaxValue - Bytes ? long.MaxValue : Bytes + bytes;

    private static void Increase<TKey>(Dictionary<TKey, long> counts, TKey key, long by)
        where TKey : notnull =>
        CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) += by;

    private static bool IsBusier(MinuteCount left, MinuteCount right)
    {
        if (left.Count != right.Count)
        {
            return left.Count > right.Count;
        }

        // One instant in two offsets needs an order too, or the result would hang on that of the lines.
        return left.Minute == right.Minute
            ? left.Minute.Offset < right.Minute.Offset
            : left.Minute < right.Minute;
    }
}
