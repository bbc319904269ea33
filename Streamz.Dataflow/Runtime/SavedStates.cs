namespace Streamz.Dataflow.Runtime;

/// <summary>The states that earlier runs have saved, each to be taken up once. Safe for concurrent callers.</summary>
internal sealed class SavedStates(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states, ISnapshotSerializer serializer)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _left = states.Where(state => !state.Value.IsEmpty).ToDictionary();

    /// <summary>The names that a state is left for.</summary>
    public IReadOnlyCollection<string> Names => _left.Keys;

    /// <summary>Takes the state of a node; null if there is none, or somebody else has taken it: a node that an edit adds begins anew.</summary>
    public SnapshotReader? Take(NodeRun node)
    {
        lock (_gate)
        {
            return node.Node.Name is { } name && _left.Remove(name, out var state) ? new SnapshotReader(serializer, state) : null;
        }
    }
}
