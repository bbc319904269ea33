using Spectre.Console;

namespace Streamz.Dataflow.Samples.Running;

/// <summary>What a sample has of the world around it: the process's own, or what a test puts in their place.</summary>
internal sealed record SampleHost
{
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    public Func<Stream> OpenInput { get; init; } = () => Stream.Null;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Blocks the calling thread: the work of a function that was not written to be awaited.</summary>
    public Action<TimeSpan> Sleep { get; init; } = Thread.Sleep;

    /// <summary>Standard output, where it is a terminal that can be drawn on.</summary>
    public IAnsiConsole? Screen { get; init; }

    /// <summary>Standard error, where it is a terminal that can be drawn on.</summary>
    public IAnsiConsole? ErrorScreen { get; init; }

    /// <summary>Cancelled by Ctrl+C: the sample is to drain and end.</summary>
    public CancellationToken Stopping { get; init; }
}
