namespace Streamz.Dataflow.Dashboard.Components;

/// <summary>The theme of one window.</summary>
internal sealed class ThemeChoice
{
    public bool IsDark { get; set; }

    /// <summary>Whether the user has chosen it; else it is that of the system, which only the browser knows.</summary>
    public bool IsChosen { get; set; }
}
