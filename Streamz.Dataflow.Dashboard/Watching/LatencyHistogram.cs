namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>How long elements took, in buckets whose bounds grow by a tenth. Written by any number of threads, read by one.</summary>
internal sealed class LatencyHistogram
{
    private const double Shortest = 1e-6;
    private const double Growth = 1.1;
    private const int Buckets = 220;

    private static readonly double s_logGrowth = Math.Log(Growth);

    private readonly long[] _counts = new long[Buckets];

    public void Add(double seconds)
    {
        var bucket = seconds <= Shortest ? 0 : (int)(Math.Log(seconds / Shortest) / s_logGrowth) + 1;
        Interlocked.Increment(ref _counts[Math.Min(bucket, Buckets - 1)]);
    }

    /// <summary>What was added since the last time; null if nothing was.</summary>
    public LatencyStatus? Take()
    {
        var counts = new long[Buckets];
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            counts[bucket] = Interlocked.Exchange(ref _counts[bucket], 0);
        }

        var count = counts.Sum();
        return count == 0 ? null : new LatencyStatus(Quantile(0.5), Quantile(0.95), Quantile(0.99), count);

        double Quantile(double share)
        {
            var left = (long)Math.Ceiling(share * count);
            var bucket = 0;
            while ((left -= counts[bucket]) > 0)
            {
                bucket++;
            }

            // The middle of the bucket.
            return Shortest * Math.Pow(Growth, bucket - 0.5) * 1000;
        }
    }
}
