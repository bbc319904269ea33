using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Dataflow;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The bridge to TPL Dataflow blocks that receive.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> up to the capacity; an element counts as delivered when it is in the buffer. <b>Back-pressure:</b> the pipeline waits while
/// the buffer is full. <b>Completion:</b> the block completes when its input has ended and its buffer is empty. <b>Faults:</b> when the pipeline fails or is
/// aborted the block faults, after its buffer is empty: a stock block would throw away what it has.
/// </remarks>
public static class AsSourceBlockOperator
{
    /// <summary>Makes a block that offers the elements of the stream, for <c>LinkTo</c>, <c>Receive</c> and <c>OutputAvailableAsync</c>.</summary>
    /// <remarks>
    /// As any block, it gives each element to the first target that takes it, ends once, and so serves one run. If it is completed from outside, the branch
    /// ends; if it is faulted from outside, the next element fails and meets the node's error policy.
    /// </remarks>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="capacity">How many elements wait in the block; one or more. The default is 128.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The block.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than one.</exception>
    public static IReceivableSourceBlock<T> AsSourceBlock<T>(this Stream<T> stream, int capacity = 128, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var block = new StreamBlock<T>(capacity);
        stream.Then(new SinkNode<T>("as_source_block", () => new SendingStage<T>(block)) { Details = $"capacity={capacity}", MayWait = true }, options);
        return block;
    }

    private sealed class SendingStage<T>(StreamBlock<T> block) : BridgeStage<T>
    {
        public override ValueTask OnStartAsync() => block.HasEnded
            ? throw new InvalidOperationException(
                $"The block of '{Context.NodeName}' has ended with the run before, and blocks cannot be used again. Build the graph anew for another run.")
            : base.OnStartAsync();

        public override ValueTask OnElementAsync(Element<T> element) => block.Buffer.Post(element.Value) ? default : SendAsync(element);

        protected override void OnEnd(Exception? failure) => block.End(failure);

        private async ValueTask SendAsync(Element<T> element)
        {
            var sent = block.Buffer.SendAsync(element.Value, Context.Aborted);
            if (await Context.AwaitAsync(new ValueTask<bool>(sent)).ConfigureAwait(true))
            {
                return;
            }

            if (block.Failure is { } failure)
            {
                throw new InvalidOperationException($"The block of '{Context.NodeName}' has faulted: {failure.Message}", failure);
            }

            Context.Drop(element.Context);
            Context.Complete();
        }
    }

    /// <summary>Offers what is in a stock buffer, but passes the end on itself, since the buffer would call a failure a normal end or lose elements.</summary>
    private sealed class StreamBlock<T> : IReceivableSourceBlock<T>
    {
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _failure;
        private volatile bool _hasEnded;

        public StreamBlock(int capacity)
        {
            Buffer = new BufferBlock<T>(new DataflowBlockOptions { BoundedCapacity = capacity });
            _ = CompleteAfterAsync(Buffer.Completion);
        }

        public BufferBlock<T> Buffer { get; }

        public Task Completion => _completion.Task;

        /// <summary>Whether a run has ended the block.</summary>
        public bool HasEnded => _hasEnded;

        public Exception? Failure => Volatile.Read(ref _failure);

        public void End(Exception? failure)
        {
            _hasEnded = true;
            if (failure is not null)
            {
                Interlocked.CompareExchange(ref _failure, failure, null);
            }

            Buffer.Complete();
        }

        public void Complete() => Buffer.Complete();

        public void Fault(Exception exception)
        {
            ArgumentNullException.ThrowIfNull(exception);
            Interlocked.CompareExchange(ref _failure, exception, null);
            ((IDataflowBlock)Buffer).Fault(exception);
        }

        public IDisposable LinkTo(ITargetBlock<T> target, DataflowLinkOptions linkOptions)
        {
            ArgumentNullException.ThrowIfNull(target);
            ArgumentNullException.ThrowIfNull(linkOptions);
            var link = new Link(Buffer.LinkTo(target, new DataflowLinkOptions { Append = linkOptions.Append, MaxMessages = linkOptions.MaxMessages }));
            if (linkOptions.PropagateCompletion)
            {
                _ = PropagateAsync(target, link);
            }

            return link;
        }

        public bool TryReceive(Predicate<T>? filter, [MaybeNullWhen(false)] out T item) => Buffer.TryReceive(filter, out item);

        public bool TryReceiveAll([NotNullWhen(true)] out IList<T>? items) => Buffer.TryReceiveAll(out items);

        T? ISourceBlock<T>.ConsumeMessage(DataflowMessageHeader messageHeader, ITargetBlock<T> target, out bool messageConsumed) =>
            ((ISourceBlock<T>)Buffer).ConsumeMessage(messageHeader, target, out messageConsumed);

        bool ISourceBlock<T>.ReserveMessage(DataflowMessageHeader messageHeader, ITargetBlock<T> target) =>
            ((ISourceBlock<T>)Buffer).ReserveMessage(messageHeader, target);

        void ISourceBlock<T>.ReleaseReservation(DataflowMessageHeader messageHeader, ITargetBlock<T> target) =>
            ((ISourceBlock<T>)Buffer).ReleaseReservation(messageHeader, target);

        private async Task CompleteAfterAsync(Task emptied)
        {
            await emptied.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Failure is { } failure)
            {
                _completion.SetException(failure);

                // As with a pipeline: what nobody awaits must not raise an unobserved exception.
                _ = _completion.Task.Exception;
            }
            else
            {
                _completion.SetResult();
            }
        }

        private async Task PropagateAsync(ITargetBlock<T> target, Link link)
        {
            await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (link.IsDisposed)
            {
                return;
            }

            if (Failure is { } failure)
            {
                target.Fault(failure);
            }
            else
            {
                target.Complete();
            }
        }

        private sealed class Link(IDisposable link) : IDisposable
        {
            public bool IsDisposed { get; private set; }

            public void Dispose()
            {
                IsDisposed = true;
                link.Dispose();
            }
        }
    }
}
