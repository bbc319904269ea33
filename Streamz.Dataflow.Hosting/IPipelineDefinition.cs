namespace Streamz.Dataflow.Hosting;

/// <summary>A pipeline of a host, written as a class whose constructor gets its services.</summary>
/// <remarks>
/// Registered by <see cref="StreamzBuilder.AddPipeline{T, TDefinition}"/>. An instance is made for each run of the pipeline, from the root service provider: ask for
/// singletons in the constructor, and for scoped services where elements are worked on, with <c>Scoped</c>. A definition that can be disposed is disposed when its
/// run is over.
/// </remarks>
/// <typeparam name="TIn">The type of the elements that enter.</typeparam>
public interface IPipelineDefinition<TIn>
{
    /// <summary>Builds the graph.</summary>
    /// <param name="source">Where the elements enter.</param>
    void Define(StreamSource<TIn> source);
}

/// <summary>A pipeline of a host that sources of its own feed, such as a queue or a file, written as a class whose constructor gets its services.</summary>
/// <remarks>
/// Registered by <see cref="StreamzBuilder.AddPipeline{TDefinition}(string, StreamOptions?)"/>, and made as an <see cref="IPipelineDefinition{TIn}"/> is.
/// </remarks>
public interface IPipelineDefinition
{
    /// <summary>Builds the graph.</summary>
    /// <returns>Any stream or sink of the graph.</returns>
    IStream Define();
}
