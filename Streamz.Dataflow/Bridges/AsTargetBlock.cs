using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Dataflow;
using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow;

/// <summary>The bridge from TPL Dataflow blocks that send.</summary>
/// <remarks>
/// <b>Order:</b> kept for each sender; waiting senders take turns. <b>Buffering:</b> one element, which waits at the source. <b>Back-pressure:</b> while the
/// pipeline is full, <c>Post</c> is declined, and linked blocks and <c>SendAsync</c> wait. <b>Completion:</b> <c>Complete</c> closes the source behind what
/// was waiting; the block has completed when the source has drained. <b>Faults:</b> <c>Fault</c> fails the pipeline at its source; when the pipeline fails, the
/// block declines for good and faults with the same exception, so that senders do not wait for ever.
/// </remarks>
public static class AsTargetBlockOperator
{
    /// <summary>Makes a block that emits into a source what it is given, for <c>LinkTo</c>, <c>Post</c> and <c>SendAsync</c>.</summary>
    /// <remarks>The block serves one run of the pipeline, and starts it with the first element if it is not running.</remarks>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="source">The source.</param>
    /// <returns>The block.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public static ITargetBlock<T> AsTargetBlock<T>(this StreamSource<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new EmittingBlock<T>(source);
    }

    /// <summary>Emits into a source what other blocks offer.</summary>
    /// <remarks>
    /// What the pipeline has room for is accepted where it is offered. Otherwise the offer is postponed, and a pump consumes it and emits it
    /// with a wait. The gate guards all fields; sources are called without it, since they call with their own locks held.
    /// </remarks>
    private sealed class EmittingBlock<T>(StreamSource<T> source) : ITargetBlock<T>
    {
        private readonly Lock _gate = new();
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Queue<ISourceBlock<T>> _turns = new();
        private readonly Dictionary<ISourceBlock<T>, DataflowMessageHeader> _postponed = [];
        private Ingress<T>? _ingress;
        private Exception? _refused;
        private bool _declining;
        private bool _ending;
        private bool _pumping;
        private bool _finishing;

        public Task Completion => _completion.Task;

        public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, T messageValue, ISourceBlock<T>? sender, bool consumeToAccept)
        {
            if (!messageHeader.IsValid)
            {
                throw new ArgumentException("The header is not valid. Offer messages with an id of their own.", nameof(messageHeader));
            }

            if (consumeToAccept && sender is null)
            {
                throw new ArgumentException("A message that must be consumed needs a sender to consume it from.", nameof(consumeToAccept));
            }

            lock (_gate)
            {
                try
                {
                    if (_declining)
                    {
                        return DataflowMessageStatus.DecliningPermanently;
                    }

                    if (!_pumping && !consumeToAccept && Enter().TryEmit(messageValue))
                    {
                        return DataflowMessageStatus.Accepted;
                    }
                }
                catch (Exception refused)
                {
                    // The pipeline is closed, has failed, or cannot start.
                    End(refused is PipelineClosedException ? null : refused);
                    return DataflowMessageStatus.DecliningPermanently;
                }

                if (sender is null)
                {
                    return DataflowMessageStatus.Declined;
                }

                if (!_postponed.ContainsKey(sender))
                {
                    _turns.Enqueue(sender);
                }

                _postponed[sender] = messageHeader;
                StartPump();
                return DataflowMessageStatus.Postponed;
            }
        }

        public void Complete()
        {
            lock (_gate)
            {
                _declining = true;
                FinishIfDone();
            }
        }

        public void Fault(Exception exception)
        {
            ArgumentNullException.ThrowIfNull(exception);
            lock (_gate)
            {
                if (_ending || _finishing)
                {
                    return;
                }

                try
                {
                    var ingress = Enter();
                    ingress.Node.FailAndStop(exception, null);
                    End(exception);
                }
                catch (Exception refused)
                {
                    End(refused);
                }
            }
        }

        /// <summary>The entrance of the run that the block serves. Called under the gate.</summary>
        private Ingress<T> Enter()
        {
            if (_ingress is null)
            {
                _ingress = source.Enter();
                _ = WatchAsync(_ingress.Run.Completion);
            }

            return _ingress;
        }

        /// <summary>The run may end by itself, while nothing is offered.</summary>
        private async Task WatchAsync(Task run)
        {
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate)
            {
                End(run.Exception?.InnerException);
            }
        }

        /// <summary>Takes nothing any more, waiting or not. Called under the gate.</summary>
        private void End(Exception? refused)
        {
            _declining = true;
            _ending = true;
            _refused ??= refused;
            FinishIfDone();
        }

        private void StartPump()
        {
            if (!_pumping)
            {
                _pumping = true;
                ThreadPool.UnsafeQueueUserWorkItem(static block => _ = block.PumpAsync(), this, preferLocal: false);
            }
        }

        private async Task PumpAsync()
        {
            while (TakeTurn() is var (sender, header))
            {
                try
                {
                    var value = sender.ConsumeMessage(header, this, out var consumed);
                    if (consumed)
                    {
                        await EmitAsync(value!).ConfigureAwait(false);
                    }
                }
                catch (Exception refused)
                {
                    // What was consumed is lost, so that this is no normal end, even if the source was only closed.
                    lock (_gate)
                    {
                        End(refused);
                    }
                }
            }
        }

        private ValueTask EmitAsync(T value)
        {
            Ingress<T> ingress;
            lock (_gate)
            {
                ingress = Enter();
            }

            return ingress.EmitAsync(value, CancellationToken.None);
        }

        /// <summary>The next that was postponed; null, and no more pump, if there is none.</summary>
        private (ISourceBlock<T> Sender, DataflowMessageHeader Header)? TakeTurn()
        {
            lock (_gate)
            {
                if (_ending || !_turns.TryDequeue(out var sender))
                {
                    _pumping = false;
                    FinishIfDone();
                    return null;
                }

                _postponed.Remove(sender, out var header);
                return (sender, header);
            }
        }

        /// <summary>Once nothing is taken any more, and what was taken is emitted. Called under the gate.</summary>
        private void FinishIfDone()
        {
            if (_declining && !_pumping && !_finishing)
            {
                _finishing = true;
                ThreadPool.UnsafeQueueUserWorkItem(static block => _ = block.FinishAsync(), this, preferLocal: false);
            }
        }

        /// <summary>Closes the source, and completes when it has drained.</summary>
        private async Task FinishAsync()
        {
            DeclinePostponed();
            try
            {
                Ingress<T> ingress;
                lock (_gate)
                {
                    ingress = Enter();
                }

                ingress.Close(SourceEnd.Exhausted);
                await SourceDrain.WaitAsync(ingress.Run, ingress).ConfigureAwait(false);
                if (_refused is { } refused)
                {
                    ExceptionDispatchInfo.Throw(refused);
                }

                _completion.TrySetResult();
            }
            catch (Exception failure)
            {
                _completion.TrySetException(failure);
                _ = _completion.Task.Exception;
            }
        }

        /// <summary>Lets senders that wait offer again, which is declined for good.</summary>
        private void DeclinePostponed()
        {
            List<KeyValuePair<ISourceBlock<T>, DataflowMessageHeader>> waiting;
            lock (_gate)
            {
                waiting = [.. _postponed];
                _postponed.Clear();
                _turns.Clear();
            }

            foreach (var (sender, header) in waiting)
            {
                try
                {
                    if (sender.ReserveMessage(header, this))
                    {
                        sender.ReleaseReservation(header, this);
                    }
                }
                catch (Exception)
                {
                    // A sender that fails itself has no more to offer.
                }
            }
        }
    }
}
