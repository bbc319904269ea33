namespace Streamz.Dataflow.Hosting;

/// <summary>What was said of a pipeline when it was added.</summary>
internal sealed class PipelineRegistration(string name, Type? elementType, StreamOptions? options)
{
    public string Name { get; } = name;

    /// <summary>The type of the elements that enter; null if its own sources feed it.</summary>
    public Type? ElementType { get; } = elementType;

    public StreamOptions? Options { get; } = options;

    /// <summary>The names of the pipelines that this one emits into.</summary>
    public HashSet<string> Dependencies { get; } = [];

    public PipelineFaultBehavior FaultBehavior { get; set; }

    public PipelineRestartOptions Restart { get; set; } = new();

    /// <summary>How long to drain; null for as long as the host gives.</summary>
    public TimeSpan? DrainTimeout { get; set; }
}
