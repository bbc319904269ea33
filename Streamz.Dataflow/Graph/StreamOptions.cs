using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Streamz.Dataflow;

/// <summary>The settings of a pipeline. All sources of one connected graph must have equal ones, or none.</summary>
public sealed record StreamOptions
{
    /// <summary>The name of the pipeline in metrics and traces.</summary>
    /// <value>The default is <see langword="null"/>: the name of its first source.</value>
    public string? Name { get; init; }

    /// <summary>How many elements a queue between two parts of the pipeline holds, where nothing smaller follows from the graph.</summary>
    /// <value>One or more, in elements, waiting and at work. The default is 128.</value>
    public int Capacity { get; init; } = CapacityByDefault;

    /// <summary>How many emits of one source may wait for room at once; one more is refused.</summary>
    /// <value>Zero or more. The default is 10,000.</value>
    public int MaxWaitingEmits { get; init; } = 10_000;

    /// <summary>Where delegates run.</summary>
    /// <value>The default is <see cref="RunOn.ThreadPool"/>.</value>
    public RunOn RunOn { get; init; } = RunOn.ThreadPool;

    /// <summary>The only clock of the pipeline.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What a node does on a failure, unless it says otherwise itself.</summary>
    /// <value>The default is <see cref="ErrorPolicy.Stop"/>.</value>
    public ErrorPolicy OnError { get; init; } = ErrorPolicy.Stop;

    /// <summary>Whether a branch without a sink is an error at the start. Otherwise its elements are counted and discarded.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool RequireSinks { get; init; }

    /// <summary>
    /// Whether neighbouring nodes share one block. Without it each node runs on a block of its own: slower, for
    /// experiments and tests; results are the same.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Fuse { get; init; } = FusesByDefault;

    /// <summary>Where the pipeline logs faults, skipped elements and open ends.</summary>
    /// <value>The default discards.</value>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Where and how often the pipeline saves how far its sources are done.</summary>
    /// <value>The default is null: nothing is saved, and each run of a source begins anew.</value>
    public CheckpointOptions? Checkpoints { get; init; }

    internal static StreamOptions Default => field ??= new();

    /// <summary>The default of <see cref="Capacity"/>. Set by tests only, before any pipeline is made, which run in several modes.</summary>
    internal static int CapacityByDefault { get; set; } = 128;

    /// <summary>The default of <see cref="Fuse"/>. Set by tests only, before any pipeline is made, which run in several modes.</summary>
    internal static bool FusesByDefault { get; set; } = true;
}
