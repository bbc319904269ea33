namespace Streamz.Dataflow;

/// <summary>How a pipeline saves how far its sources are done.</summary>
/// <remarks>
/// Saves are made beside the elements, which never wait for them: one at a time, for all sources together, and the last one before the pipeline
/// completes. A save that fails stops the pipeline, as a failure of a source; under <see cref="ErrorPolicy.Skip"/> it is logged, counted,
/// and made up for by the next one.
/// </remarks>
public sealed record CheckpointOptions
{
    /// <summary>Makes the settings.</summary>
    /// <param name="store">Where checkpoints are kept. The pipeline does not dispose it.</param>
    /// <param name="pipeline">The name of the pipeline in the store, which must stay the same from run to run; not empty.</param>
    /// <exception cref="ArgumentNullException"><paramref name="store"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="pipeline"/> is null or empty.</exception>
    public CheckpointOptions(ICheckpointStore store, string pipeline)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(pipeline);
        Store = store;
        Pipeline = pipeline;
    }

    /// <summary>Where checkpoints are kept.</summary>
    public ICheckpointStore Store { get; }

    /// <summary>The name of the pipeline in the store.</summary>
    public string Pipeline { get; }

    /// <summary>The time between two saves, by the clock of the pipeline. What has not moved is not saved.</summary>
    /// <value>More than zero, or <see cref="Timeout.InfiniteTimeSpan"/>. The default is one second.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero.</exception>
    public TimeSpan Interval
    {
        get;
        init => field = value > TimeSpan.Zero || value == Timeout.InfiniteTimeSpan
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The interval of checkpoints must be more than zero, or Timeout.InfiniteTimeSpan for none.");
    } = TimeSpan.FromSeconds(1);

    /// <summary>After how many completed elements, of all sources together, a save is made without waiting for the interval.</summary>
    /// <value>One or more; null for none. The default is null.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than one.</exception>
    public int? Every
    {
        get;
        init => field = value is null or > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Checkpoints after each so many elements need one element or more.");
    }
}
