namespace Streamz.Dataflow.Hosting;

/// <summary>A pipeline of the host that takes elements of one type.</summary>
/// <param name="registration">What was said of it.</param>
/// <param name="define">Builds the graph; returns what lives as long as its run, if anything.</param>
/// <param name="services">The root service provider.</param>
internal sealed class HostedPipeline<T>(
    PipelineRegistration registration,
    Func<StreamSource<T>, IServiceProvider, object?> define,
    IServiceProvider services) : HostedPipeline(registration, services), IPipeline<T>
{
    private volatile StreamSource<T>? _source;

    private StreamSource<T> Source => _source ?? throw NotStarted();

    public ValueTask EmitAsync(T value, CancellationToken cancellationToken = default) => Source.EmitAsync(value, cancellationToken);

    public Task<DeliveryOutcome> DeliverAsync(T value, CancellationToken cancellationToken = default) => Source.DeliverAsync(value, cancellationToken);

    protected override PipelineDraft CreateDraft()
    {
        var options = Options();
        var source = new StreamSource<T>(options).Named(Name);
        return new PipelineDraft(source, options, define(source, Services));
    }

    protected override void Open(IStream source) => _source = (StreamSource<T>)source;
}
