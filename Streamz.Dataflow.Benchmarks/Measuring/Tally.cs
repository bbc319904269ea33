using System.Runtime.InteropServices;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>What a sink saw. A contestant that loses, doubles or reorders elements is not fast but wrong.</summary>
internal sealed class Tally
{
    private Seen _seen = new() { Last = long.MinValue };

    public void Add(long value)
    {
        _seen.Sum += value;
        _seen.IsReordered |= value <= _seen.Last;
        _seen.Last = value;
    }

    /// <summary>Adds where the contestant promises no order, and where several threads may do so at once.</summary>
    public void AddUnordered(long value) => Interlocked.Add(ref _seen.Sum, value);

    /// <summary>Throws unless the numbers from 0 to <paramref name="count"/> - 1 arrived in order, each raised by <paramref name="raised"/>.</summary>
    public void Verify(long count, long raised)
    {
        var expected = (count * (count - 1) / 2) + (count * raised);
        if (_seen.Sum != expected || _seen.IsReordered)
        {
            throw new InvalidOperationException($"The sink saw the sum {_seen.Sum}, not {expected}{(_seen.IsReordered ? ", and out of order" : "")}.");
        }
    }

    /// <summary>Alone in its cache lines: whether the emitters' objects happen to lie beside it is not to be measured.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Seen
    {
        [FieldOffset(128)]
        public long Sum;

        [FieldOffset(136)]
        public long Last;

        [FieldOffset(144)]
        public bool IsReordered;
    }
}
