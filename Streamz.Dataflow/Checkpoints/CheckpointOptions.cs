namespace Streamz.Dataflow;

/// <summary>How a pipeline saves how far its sources are done, and what its operators know.</summary>
/// <remarks>
/// Saves are made beside the elements, which never wait for them: one at a time, for all sources together, and the last one before the pipeline
/// completes. A save that fails stops the pipeline, as a failure of a source; under <see cref="ErrorPolicy.Skip"/> it is logged, counted,
/// and made up for by the next one.
/// </remarks>
public sealed record CheckpointOptions
{
    private static readonly JsonSnapshotSerializer s_json = new();

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

    /// <summary>
    /// Whether the states of operators (sums, windows, what a join holds) are saved too, together with the positions of the sources, so that the
    /// next run goes on as if nothing had happened.
    /// </summary>
    /// <remarks>
    /// <para>
    /// For each save the pipeline keeps new elements out until everything inside has left or is held by an operator, reads the states, and goes on; the
    /// store writes beside the elements. A save takes as long as the slowest element that is inside, so keep buffers short. It is left out while a node is
    /// paused. <see cref="Every"/> counts the elements that sources with positions have emitted.
    /// </para>
    /// <para>
    /// Each node with a state needs a name (<see cref="NodeOptions.Name"/>), by which the next run finds it. A pipeline that is stopped or disposed saves what
    /// its operators hold instead of pushing it on; at the end of its input it flushes as always.
    /// </para>
    /// </remarks>
    /// <value>The default is false: a position is saved when no state holds its element any more.</value>
    public bool SaveStates { get; init; }

    /// <summary>How the values of states become bytes.</summary>
    /// <value>The default is a <see cref="JsonSnapshotSerializer"/>.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ISnapshotSerializer Serializer
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(value));
    } = s_json;

    /// <summary>
    /// Whether states that were saved for nodes which the graph does not have any more are taken out of the store. Otherwise the pipeline fails at its start,
    /// since a node that was renamed by mistake would begin anew.
    /// </summary>
    /// <value>The default is false.</value>
    public bool ForgetUnknownStates { get; init; }
}
