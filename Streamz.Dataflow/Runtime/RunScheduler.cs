namespace Streamz.Dataflow.Runtime;

/// <summary>The task scheduler that the blocks of a run get, and how to tell whether the caller is on it.</summary>
internal sealed class RunScheduler : IDisposable
{
    private readonly SynchronizationContext? _context;
    private readonly DedicatedThread? _thread;
    private readonly TaskScheduler? _given;

    private RunScheduler(TaskScheduler scheduler, SynchronizationContext? context = null, DedicatedThread? thread = null, TaskScheduler? given = null)
    {
        Scheduler = scheduler;
        _context = context;
        _thread = thread;

        // With more than one task at a time, one that blocks leaves the pipeline another to go on with.
        _given = given?.MaximumConcurrencyLevel == 1 ? given : null;
    }

    public TaskScheduler Scheduler { get; }

    /// <summary>Whether waiting here would keep the pipeline from going on.</summary>
    public bool IsCurrent =>
        Scheduler != TaskScheduler.Default
        && (TaskScheduler.Current == Scheduler
            || TaskScheduler.Current == _given
            || (_context is not null && SynchronizationContext.Current == _context)
            || _thread?.IsCurrent == true);

    /// <summary>Makes the scheduler for a setting.</summary>
    /// <param name="runOn">The setting.</param>
    /// <param name="current">The context of the thread that starts the run; validation has seen that it is there if needed.</param>
    public static RunScheduler Create(RunOn runOn, SynchronizationContext? current)
    {
        switch (runOn.Kind)
        {
            case RunOnKind.ThreadPool:
                return new(TaskScheduler.Default);
            case RunOnKind.Scheduler:
                var given = (TaskScheduler)runOn.Target!;
                return new(OneAtATime(given), given: given);
            case RunOnKind.DedicatedThread:
                var thread = new DedicatedThread((string)runOn.Target!);
                return new(thread.Scheduler, thread.Context, thread);
            default:
                var context = (SynchronizationContext?)runOn.Target ?? current!;
                return new(OneAtATime(FromContext(context)), context);
        }
    }

    public void Dispose() => _thread?.Dispose();

    /// <summary>One item for each task of the scheduler below: others that share it have their turn in between.</summary>
    private static TaskScheduler OneAtATime(TaskScheduler scheduler) =>
        new ConcurrentExclusiveSchedulerPair(scheduler, maxConcurrencyLevel: 1, maxItemsPerTask: 1).ExclusiveScheduler;

    private static TaskScheduler FromContext(SynchronizationContext context)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            return TaskScheduler.FromCurrentSynchronizationContext();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }
}
