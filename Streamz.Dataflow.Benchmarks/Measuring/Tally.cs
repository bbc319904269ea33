namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>What a sink saw. A contestant that loses, doubles or reorders elements is not fast but wrong.</summary>
internal sealed class Tally
{
    private long _sum;
    private long _last = long.MinValue;
    private bool _isReordered;

    public void Add(long value)
    {
        _sum += value;
        _isReordered |= value <= _last;
        _last = value;
    }

    /// <summary>Adds where the contestant promises no order, and where several threads may do so at once.</summary>
    public void AddUnordered(long value) => Interlocked.Add(ref _sum, value);

    /// <summary>Throws unless the numbers from 0 to <paramref name="count"/> - 1 arrived in order, each raised by <paramref name="raised"/>.</summary>
    public void Verify(long count, long raised)
    {
        var expected = (count * (count - 1) / 2) + (count * raised);
        if (_sum != expected || _isReordered)
        {
            throw new InvalidOperationException($"The sink saw the sum {_sum}, not {expected}{(_isReordered ? ", and out of order" : "")}.");
        }
    }
}
