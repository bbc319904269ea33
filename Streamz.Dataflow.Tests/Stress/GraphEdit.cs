namespace Streamz.Dataflow.Tests.Stress;

/// <summary>An edit that was described, and what to remember of it once it is known whether it was made.</summary>
internal sealed record GraphEdit(string Text)
{
    public Action Commit { get; init; } = () => { };

    public Action TakeBack { get; init; } = () => { };

    /// <summary>What the edit pauses, if it does.</summary>
    public IStream? Paused { get; init; }

    /// <summary>Whether what it pauses has not been taken out by another edit.</summary>
    public Func<bool> IsThere { get; init; } = () => true;
}

/// <summary>What one edit has added, and a later one may take away with all that was added to it.</summary>
internal sealed class Addition(Addition? parent)
{
    public IStream? Head { get; set; }

    public bool IsMade { get; set; }

    public bool Leaves { get; set; }

    public bool IsGone => Leaves || parent is { IsGone: true };
}
