namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>What happened in a pipeline.</summary>
/// <param name="At">When.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">What, in a sentence.</param>
internal sealed record JournalEntry(DateTimeOffset At, Severity Severity, string Text);

/// <summary>How bad something is.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Note,

    /// <summary>Something was lost or refused, and the pipeline goes on.</summary>
    Warning,

    /// <summary>The pipeline has failed.</summary>
    Error,
}
