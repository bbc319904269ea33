using Microsoft.AspNetCore.Components;
using Streamz.Dataflow.Dashboard.Watching;

namespace Streamz.Dataflow.Dashboard.Components;

/// <summary>A page that is drawn anew with each reading.</summary>
public abstract class WatchingComponent : ComponentBase, IDisposable
{
    private IDisposable? _watching;

    private protected WatchingComponent()
    {
    }

    [Inject]
    private protected Sampler Sampler { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _watching?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
        {
            _watching = Sampler.Watch(() => _ = InvokeAsync(StateHasChanged));
        }
        else
        {
            // The page as it comes first: whoever has asked for it is about to watch.
            Sampler.Ask();
        }
    }
}
