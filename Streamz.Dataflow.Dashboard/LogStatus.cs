namespace Streamz.Dataflow.Dashboard;

/// <summary>An entry of the log of a pipeline.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Severity">How bad it is: <c>Note</c>, <c>Warning</c> or <c>Error</c>.</param>
/// <param name="Text">What happened, in a sentence.</param>
public sealed record LogStatus(DateTimeOffset At, string Severity, string Text);
