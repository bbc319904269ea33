namespace Streamz.Dataflow.Runtime;

/// <summary>
/// What crosses a block at once: everything that arrived while its segment was busy, as runs of neighbours from one port, in
/// the order of arrival. The elements themselves lie in the buffers of the ports, which keep one for each parity.
/// A segment has two chunks: one is open to arrivals, under the segment's gate; the other belongs to the block alone.
/// </summary>
internal sealed class Chunk(int parity)
{
    private readonly List<(Port Port, int Count)> _runs = [];
    private Port? _last;
    private IsolatedCount _lastCount;

    public int Parity { get; } = parity;

    public bool IsEmpty => _last is null;

    /// <summary>Counts arrivals. Called under the gate.</summary>
    public void Count(Port port, int arrivals)
    {
        if (_last == port)
        {
            _lastCount.Value += arrivals;
            return;
        }

        CloseRun();
        _last = port;
        _lastCount.Value = arrivals;
    }

    /// <summary>The runs, once no more arrivals are counted.</summary>
    public List<(Port Port, int Count)> TakeRuns()
    {
        CloseRun();
        return _runs;
    }

    public void Clear() => _runs.Clear();

    private void CloseRun()
    {
        if (_last is not null)
        {
            _runs.Add((_last, (int)_lastCount.Value));
            _last = null;
        }
    }
}
