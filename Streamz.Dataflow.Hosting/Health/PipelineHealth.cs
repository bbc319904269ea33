namespace Streamz.Dataflow.Hosting;

/// <summary>What health checks tell beside their status.</summary>
internal static class PipelineHealth
{
    /// <summary>The state of each pipeline, by its name.</summary>
    public static IReadOnlyDictionary<string, object> Describe(IEnumerable<IPipeline> pipelines) =>
        pipelines.ToDictionary(pipeline => pipeline.Name, pipeline => (object)pipeline.State.ToString());
}
