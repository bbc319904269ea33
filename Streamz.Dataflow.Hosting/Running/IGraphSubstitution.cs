namespace Streamz.Dataflow.Hosting;

/// <summary>Puts other nodes into the graphs of a host, before they are checked and started: for tests.</summary>
internal interface IGraphSubstitution
{
    /// <summary>Changes one graph.</summary>
    /// <param name="pipeline">The name of the pipeline.</param>
    /// <param name="draft">The graph as it was written.</param>
    /// <param name="errors">Gets what cannot be replaced.</param>
    /// <returns>The graph that is to be run.</returns>
    PipelineDraft Apply(string pipeline, PipelineDraft draft, ICollection<string> errors);
}
