using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Hosting;

/// <summary>A pipeline of the host that sources of its own feed.</summary>
/// <param name="registration">What was said of it.</param>
/// <param name="define">Builds the graph, and returns what lives as long as its run, if anything.</param>
/// <param name="services">The root service provider.</param>
internal sealed class SelfFedPipeline(
    PipelineRegistration registration,
    Func<IServiceProvider, (IStream Graph, object? Definition)> define,
    IServiceProvider services) : HostedPipeline(registration, services)
{
    protected override PipelineDraft CreateDraft()
    {
        var (graph, definition) = define(Services);
        if (graph is null)
        {
            throw new InvalidOperationException("It returned null. Return any stream or sink of the graph.");
        }

        var nodes = Topology.Component(graph.Node);
        var stated = nodes.Select(node => node.Options).FirstOrDefault(options => options is not null);
        if (stated is not null && Stated is { } options && options != stated)
        {
            throw new InvalidOperationException("Its sources bring StreamOptions, and AddPipeline got others. State them in one of the two places.");
        }

        // One source speaks for the graph.
        if (stated is null && nodes.FirstOrDefault(node => node.Kind == NodeKind.Source) is { } source)
        {
            source.Options = Options();
        }

        return new PipelineDraft(graph, stated ?? Options(), definition);
    }
}
