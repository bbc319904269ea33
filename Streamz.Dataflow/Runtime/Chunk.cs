namespace Streamz.Dataflow.Runtime;

/// <summary>
/// What crosses a block at once: everything that arrived while its segment was busy, as runs of neighbours from one port, in
/// the order of arrival. The elements themselves lie in the buffers of the ports, which keep one for each parity.
/// A segment has two chunks: one is open to arrivals, under the segment's gate; the other belongs to the block alone.
/// </summary>
internal sealed class Chunk(int parity)
{
    private readonly List<(Port Port, int Count)> _runs = [];

    public int Parity { get; } = parity;

    public bool IsEmpty => _runs.Count == 0;

    public IReadOnlyList<(Port Port, int Count)> Runs => _runs;

    public void Count(Port port)
    {
        var last = _runs.Count - 1;
        if (last >= 0 && _runs[last].Port == port)
        {
            _runs[last] = (port, _runs[last].Count + 1);
        }
        else
        {
            _runs.Add((port, 1));
        }
    }

    public void Clear() => _runs.Clear();
}
