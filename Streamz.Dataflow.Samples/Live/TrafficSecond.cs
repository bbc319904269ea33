using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Samples.Live;

/// <summary>What the server did within a second.</summary>
/// <param name="Requests">The requests.</param>
/// <param name="Bytes">What was sent.</param>
/// <param name="ByClass">Requests by the first digit of their status: index 2 is 2xx.</param>
internal sealed record TrafficSecond(int Requests, long Bytes, IReadOnlyList<int> ByClass)
{
    public int ServerErrors => ByClass[5];

    public static TrafficSecond Of(IReadOnlyList<AccessLogEntry> entries)
    {
        var byClass = new int[6];
        foreach (var entry in entries)
        {
            byClass[entry.Status / 100]++;
        }

        return new TrafficSecond(entries.Count, entries.Sum(entry => entry.Bytes), byClass);
    }
}
