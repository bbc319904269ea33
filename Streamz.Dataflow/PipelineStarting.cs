using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>Starts pipelines, and finds what keeps them from starting.</summary>
public static class PipelineStarting
{
    /// <summary>Runs the graph that a stream or sink belongs to. A graph can be run again when the run before has ended.</summary>
    /// <param name="stream">Any handle of the graph.</param>
    /// <returns>The run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="PipelineValidationException">The graph cannot be run; all its faults are listed.</exception>
    /// <exception cref="InvalidOperationException">The graph is running already.</exception>
    public static Pipeline Start(this IStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Pipeline.Start(stream.Node);
    }

    /// <summary>Finds all that keeps the graph of a stream or sink from running, without starting it.</summary>
    /// <param name="stream">Any handle of the graph.</param>
    /// <returns>Each fault, naming the node, the value and the cure; empty if the graph can be started on this thread.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static IReadOnlyList<string> Validate(this IStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Pipeline.Validate(Topology.Component(stream.Node));
    }
}
