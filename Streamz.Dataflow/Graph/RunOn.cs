namespace Streamz.Dataflow;

/// <summary>
/// Where the delegates of a pipeline run. Except on the thread pool, no two of them ever run at the same moment: every
/// stretch of a delegate between two awaits runs alone, and across awaits they interleave.
/// </summary>
public sealed class RunOn
{
    private RunOn(RunOnKind kind, string text, object? target = null)
    {
        Kind = kind;
        Text = text;
        Target = target;
    }

    /// <summary>The thread pool. The default.</summary>
    public static RunOn ThreadPool { get; } = new(RunOnKind.ThreadPool, "thread pool");

    /// <summary>The synchronization context of the thread that starts the pipeline; starting without one is refused.</summary>
    public static RunOn CurrentContext { get; } = new(RunOnKind.CurrentContext, "the starting thread's context");

    internal RunOnKind Kind { get; }

    internal object? Target { get; }

    private string Text { get; }

    /// <summary>A given synchronization context, for example that of a user interface.</summary>
    /// <param name="context">The context.</param>
    /// <returns>The setting.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public static RunOn Context(SynchronizationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(RunOnKind.Context, context.GetType().Name, context);
    }

    /// <summary>A given task scheduler, used for one task at a time.</summary>
    /// <param name="scheduler">The scheduler.</param>
    /// <returns>The setting.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="scheduler"/> is null.</exception>
    public static RunOn Scheduler(TaskScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        return new(RunOnKind.Scheduler, scheduler.GetType().Name, scheduler);
    }

    /// <summary>A thread of the pipeline's own, which ends with it.</summary>
    /// <param name="name">The name of the thread. The default is "streamz".</param>
    /// <returns>The setting.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    public static RunOn DedicatedThread(string name = "streamz")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(RunOnKind.DedicatedThread, $"dedicated thread '{name}'", name);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}

internal enum RunOnKind
{
    ThreadPool,
    CurrentContext,
    Context,
    Scheduler,
    DedicatedThread,
}
