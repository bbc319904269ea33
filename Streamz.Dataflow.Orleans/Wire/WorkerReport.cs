using Orleans;

namespace Streamz.Dataflow.Orleans.Wire;

/// <summary>What a worker tells a coordinator: outcomes, and how busy it is.</summary>
[GenerateSerializer]
[Alias("streamz.report")]
internal sealed class WorkerReport
{
    /// <summary>The number of the report; 0 for one without outcomes, which needs no acknowledgement.</summary>
    [Id(0)]
    public required long Number { get; init; }

    /// <summary>What became of values, in the order in which it did.</summary>
    [Id(1)]
    public required Outcome[] Outcomes { get; init; }

    /// <summary>How busy the worker is.</summary>
    [Id(2)]
    public required WorkerLoad Load { get; init; }

    /// <summary>Whether the worker does not know the coordinator: it has begun anew, or has heard nothing of it for too long.</summary>
    [Id(3)]
    public bool IsStranger { get; init; }
}

/// <summary>How a worker introduces itself.</summary>
[GenerateSerializer]
[Alias("streamz.introduction")]
internal sealed class WorkerIntroduction
{
    /// <summary>The name of the worker.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>How many functions it runs at once.</summary>
    [Id(1)]
    public required int Threads { get; init; }
}

/// <summary>How busy a worker is, over all of its coordinators.</summary>
[GenerateSerializer]
[Alias("streamz.load")]
internal readonly record struct WorkerLoad
{
    /// <summary>How many values it has, or is to make.</summary>
    [Id(0)]
    public long Values { get; init; }

    /// <summary>About how many bytes the values take that it has.</summary>
    [Id(1)]
    public long Bytes { get; init; }

    /// <summary>How many functions are ready to run and wait for a thread.</summary>
    [Id(2)]
    public int Queued { get; init; }

    /// <summary>How many functions run.</summary>
    [Id(3)]
    public int Running { get; init; }

    /// <summary>How many functions have ended since the worker started.</summary>
    [Id(4)]
    public long Completed { get; init; }
}
