namespace Streamz.Dataflow;

/// <summary>What a cluster has and does at one moment.</summary>
/// <param name="Workers">By worker that is there.</param>
/// <param name="Lost">How many workers were lost since the start.</param>
/// <param name="Recomputed">How many values were made again since the start, because workers were lost.</param>
public sealed record ClusterSnapshot(IReadOnlyList<ClusterWorkerSnapshot> Workers, long Lost, long Recomputed);

/// <summary>What a worker has and does at one moment, over all of its coordinators.</summary>
/// <param name="Name">The name of the worker.</param>
/// <param name="Threads">How many functions it runs at once.</param>
/// <param name="IsRemote">Whether it is in another process.</param>
/// <param name="Values">How many values it has or is to make.</param>
/// <param name="Bytes">About how many bytes its values take: of arrays and strings what they hold, of other objects a guess.</param>
/// <param name="Queued">How many functions wait for a thread.</param>
/// <param name="Running">How many functions run.</param>
/// <param name="Completed">How many functions have ended since the worker started.</param>
public sealed record ClusterWorkerSnapshot(string Name, int Threads, bool IsRemote, long Values, long Bytes, int Queued, int Running, long Completed);
