using System.Threading.Tasks.Dataflow;

namespace Streamz.Dataflow.Runtime;

/// <summary>Who works on the elements of a parallel node.</summary>
internal sealed partial class ParallelRun<TIn, TOut>
{
    /// <summary>The workers of a node, until others take their place.</summary>
    /// <remarks>All but the block belongs to the gate of the segment.</remarks>
    private sealed class Crew
    {
        private readonly ParallelRun<TIn, TOut> _owner;
        private readonly ActionBlock<Worker> _block;
        private readonly Stack<Worker> _free = new();
        private int _places;

        public Crew(ParallelRun<TIn, TOut> owner, int degree)
        {
            _owner = owner;
            _places = degree;
            _block = new ActionBlock<Worker>(static worker => worker.RunAsync(), new ExecutionDataflowBlockOptions
            {
                MaxDegreeOfParallelism = Math.Max(degree, 1),
                // A worker may be posted again before the block has seen that it had finished.
                BoundedCapacity = 2 * Math.Max(degree, 1),
                MaxMessagesPerTask = owner._node.Run.MaxMessagesPerTask,
                TaskScheduler = owner._node.Run.Scheduler,
            });
        }

        public ParallelRun<TIn, TOut> Owner => _owner;

        public bool IsDismissed { get; private set; }

        public Worker? TryEngage()
        {
            if (IsDismissed)
            {
                return null;
            }

            if (_free.TryPop(out var worker))
            {
                return worker;
            }

            if (_places == 0)
            {
                return null;
            }

            _places--;
            return new Worker(this);
        }

        public void Release(Worker worker) => _free.Push(worker);

        /// <summary>Gives the workers no more elements. The block is to be completed outside the gate, since whoever waits for that may go on at once.</summary>
        public ActionBlock<Worker> Dismiss()
        {
            IsDismissed = true;
            return _block;
        }

        public bool Post(Worker worker) => _block.Post(worker);
    }

    /// <summary>Works on one element after the other.</summary>
    /// <remarks>
    /// Belongs to the message that runs it until it is released, under the gate; that is the last that the message does with it. It goes on by itself on
    /// threads of the pool only. Whatever other thread has completed a call is left: the next element comes with another message.
    /// </remarks>
    private sealed class Worker(Crew crew)
    {
        private readonly ParallelRun<TIn, TOut> _owner = crew.Owner;
        private readonly ExecutionContext _scope = crew.Owner._node.Run.Scope;
        private readonly bool _mayGoOn = crew.Owner._node.Run.MaxMessagesPerTask == DataflowBlockOptions.Unbounded;
        private readonly ReusableUserWait _wait = new(crew.Owner);
        private Slot? _next;

        public Crew Crew => crew;

        /// <summary>The slots whose turn has come with the element that was finished last.</summary>
        public List<Slot> Turns { get; } = new(1);

        public void Start()
        {
            if (!crew.Post(this))
            {
                lock (_owner._node.Segment.Gate)
                {
                    crew.Release(this);
                }
            }
        }

        public async Task RunAsync()
        {
            var slot = _next;
            _next = null;
            if (slot is null)
            {
                lock (_owner._node.Segment.Gate)
                {
                    slot = _owner.TakeNext(this);
                }
            }

            while (slot is not null)
            {
                // What the delegate of the element before has left there is gone.
                ExecutionContext.Restore(_scope);
                if (slot.Sequence > Interlocked.Read(ref _owner._failedAt))
                {
                    slot.IsAbandoned = true;
                }
                else if (_owner.TakesMore(slot))
                {
                    await _owner.InvokeAsync(slot).ConfigureAwait(true);
                }
                else
                {
                    Exception? failure = null;
                    try
                    {
                        var pending = _owner._stage.InvokeAsync(slot.Element.Value, _owner._node.Aborted);
                        slot.Result = pending.IsCompletedSuccessfully ? pending.Result : await _wait.For(pending);
                    }
                    catch (Exception thrown)
                    {
                        failure = thrown;
                    }

                    if (failure is not null)
                    {
                        await _owner.SettleAsync(slot, failure, limit: null).ConfigureAwait(true);
                    }
                }

                slot = _owner.Finish(slot, this);
                if (slot is not null && !(_mayGoOn && Thread.CurrentThread.IsThreadPoolThread))
                {
                    _next = slot;
                    if (crew.Post(this))
                    {
                        return;
                    }

                    _next = null;
                }
            }
        }
    }
}
