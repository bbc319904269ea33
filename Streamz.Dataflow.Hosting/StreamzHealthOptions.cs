namespace Streamz.Dataflow.Hosting;

/// <summary>When the pipelines of a host count as degraded.</summary>
public sealed class StreamzHealthOptions
{
    /// <summary>
    /// How long the input queue of a node may be full, with senders waiting for a place, before its pipeline is degraded. What is full only because everything is
    /// paced by one slow place has nobody waiting, and does not count.
    /// </summary>
    /// <value>More than zero, by the clock of the services. The default is 30 seconds.</value>
    public TimeSpan FullFor { get; set; } = TimeSpan.FromSeconds(30);
}
