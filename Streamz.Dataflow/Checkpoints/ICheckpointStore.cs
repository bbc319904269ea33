namespace Streamz.Dataflow;

/// <summary>Keeps checkpoints of pipelines, so that a run can go on where an earlier one has ended, however it has.</summary>
public interface ICheckpointStore
{
    /// <summary>Takes up the checkpoints of a pipeline, for one run. Only one session of a pipeline is open at a time, in all processes.</summary>
    /// <param name="pipeline">The name of the pipeline; not empty.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The session.</returns>
    /// <exception cref="ArgumentException"><paramref name="pipeline"/> is null or empty.</exception>
    /// <exception cref="CheckpointInUseException">A session of this pipeline is open, here or in another process.</exception>
    ValueTask<ICheckpointSession> OpenAsync(string pipeline, CancellationToken cancellationToken = default);
}

/// <summary>The checkpoints of one pipeline, in the hands of the one run that may write them. Disposing it lets another run take them up.</summary>
public interface ICheckpointSession : IAsyncDisposable
{
    /// <summary>Reads what was saved last.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>All positions and states; empty if nothing was ever saved.</returns>
    ValueTask<Checkpoint> LoadAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Saves positions and states together: all of them, or none, even if the process or the machine dies meanwhile. What the checkpoint does not name
    /// stays as it was. One call at a time.
    /// </summary>
    /// <param name="checkpoint">What has changed.</param>
    /// <param name="cancellationToken">Gives up; nothing is saved then, or all.</param>
    /// <returns>A task that completes when it is safe.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="checkpoint"/> is null.</exception>
    ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken = default);
}

/// <summary>Positions of sources, and opaque states, that belong together.</summary>
public sealed record Checkpoint
{
    /// <summary>How far everything is done, for each partition.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<CheckpointKey, long> Positions { get; init; } = new Dictionary<CheckpointKey, long>();

    /// <summary>States by their keys, as bytes that only their owner understands. An empty one is as good as none.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();
}

/// <summary>Names a partition of a source of a pipeline.</summary>
/// <param name="Source">The name of the source among those of the pipeline.</param>
/// <param name="Partition">The name of the partition; empty for a source that has one only.</param>
/// <exception cref="ArgumentNullException"><paramref name="Source"/> or <paramref name="Partition"/> is null.</exception>
public readonly record struct CheckpointKey(string Source, string Partition = "")
{
    /// <summary>The name of the source among those of the pipeline.</summary>
    public string Source { get; init; } = Source ?? throw new ArgumentNullException(nameof(Source));

    /// <summary>The name of the partition; empty for a source that has one only.</summary>
    public string Partition { get; init; } = Partition ?? throw new ArgumentNullException(nameof(Partition));

    /// <inheritdoc/>
    public override string ToString() => Partition.Length == 0 ? Source : $"{Source}/{Partition}";
}

/// <summary>The checkpoints of a pipeline are in the hands of another run, here or in another process.</summary>
public sealed class CheckpointInUseException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Names the pipeline, the store and the cure.</param>
    /// <param name="cause">How it was found out; null if nothing was thrown.</param>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is null.</exception>
    public CheckpointInUseException(string message, Exception? cause = null)
        : base(message, cause)
        => ArgumentNullException.ThrowIfNull(message);
}
