using System.Collections.Concurrent;

namespace Streamz.Dataflow.Runtime;

/// <summary>A thread that runs the tasks and the continuations of one run, in order.</summary>
/// <remarks>
/// The queue is the only thing shared; it is closed once, after the run has ended. What is posted later (by user code that
/// outlives its delegate) goes to the thread pool.
/// </remarks>
internal sealed class DedicatedThread : IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];
    private readonly Thread _thread;

    public DedicatedThread(string name)
    {
        Context = new PostingContext(this);
        Scheduler = new PostingScheduler(this);
        _thread = new Thread(Work) { Name = name, IsBackground = true };
        _thread.UnsafeStart();
    }

    public SynchronizationContext Context { get; }

    public TaskScheduler Scheduler { get; }

    public bool IsCurrent => Thread.CurrentThread == _thread;

    public void Dispose() => _queue.CompleteAdding();

    private void Work()
    {
        SynchronizationContext.SetSynchronizationContext(Context);
        foreach (var (callback, state) in _queue.GetConsumingEnumerable())
        {
            callback(state);
        }

        _queue.Dispose();
    }

    private void Post(SendOrPostCallback callback, object? state)
    {
        try
        {
            _queue.Add((callback, state));
        }
        catch (InvalidOperationException)
        {
            ThreadPool.QueueUserWorkItem(late => late.callback(late.state), (callback, state), preferLocal: false);
        }
    }

    private sealed class PostingContext(DedicatedThread thread) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => thread.Post(d, state);

        public override SynchronizationContext CreateCopy() => this;
    }

    private sealed class PostingScheduler(DedicatedThread thread) : TaskScheduler
    {
        public override int MaximumConcurrencyLevel => 1;

        protected override void QueueTask(Task task) => thread.Post(state => TryExecuteTask((Task)state!), task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
