namespace Streamz.Dataflow;

/// <summary>Starts pipelines.</summary>
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
}
