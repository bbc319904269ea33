using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The bridge into an <c>await foreach</c> loop.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> up to the capacity; an element counts as delivered when it is in the buffer. <b>Back-pressure:</b> the pipeline waits while the
/// buffer is full, also when nobody reads. <b>Completion:</b> the loop ends when the input has ended and the buffer is empty; leaving the loop ends the
/// branch, and stops what works for nobody else. <b>Faults:</b> the loop throws the <see cref="NodeFailedException"/> of the pipeline, or its
/// <see cref="PipelineAbortedException"/>, after the elements that came before it.
/// </remarks>
public static class ToAsyncEnumerableOperator
{
    /// <summary>Gives the elements to an <c>await foreach</c> loop.</summary>
    /// <remarks>
    /// A loop reads one run: the one that goes on, or has ended and was not read yet; otherwise it starts the pipeline, and then stops it
    /// when the loop is left. A run serves one loop; call this once for each loop, and every one gets every element.
    /// </remarks>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="capacity">How many elements wait for the loop; one or more. The default is 128.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The sequence. Its enumeration throws <see cref="InvalidOperationException"/> if another loop reads this run, or has left it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than one.</exception>
    public static IAsyncEnumerable<T> ToAsyncEnumerable<T>(this Stream<T> stream, int capacity = 128, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var sequence = new Sequence<T>(capacity);
        sequence.Node = new SinkNode<T>("to_async_enumerable", sequence.CreateStage) { Details = $"capacity={capacity}", MayWait = true };
        stream.Then(sequence.Node, options);
        return sequence;
    }

    private sealed class Sequence<T>(int capacity) : IAsyncEnumerable<T>
    {
        private BufferingStage<T>? _newest;

        public SinkNode<T> Node { get; set; } = null!;

        public SinkStage<T> CreateStage()
        {
            var stage = new BufferingStage<T>(capacity);
            Volatile.Write(ref _newest, stage);
            return stage;
        }

        public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
            ReadAsync(cancellationToken).GetAsyncEnumerator(CancellationToken.None);

        private async IAsyncEnumerable<T> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            var stage = Claim(out var started);
            try
            {
                while (await stage.Elements.WaitToReadAsync(cancellation).ConfigureAwait(false))
                {
                    while (stage.Elements.TryRead(out var value))
                    {
                        yield return value;
                        cancellation.ThrowIfCancellationRequested();
                    }
                }
            }
            finally
            {
                stage.Leave();
                if (started is not null)
                {
                    await started.DisposeAsync().ConfigureAwait(false);
                }
            }
        }

        private BufferingStage<T> Claim(out Pipeline? started)
        {
            started = null;
            if (Volatile.Read(ref _newest) is { } unread && unread.TryClaim())
            {
                return unread;
            }

            started = Pipeline.StartIfIdle(Node);
            var newest = Volatile.Read(ref _newest)!;
            return newest.TryClaim()
                ? newest
                : throw new InvalidOperationException(
                    $"The elements of '{Node}' are read by another loop, or one has left this run. Call ToAsyncEnumerable once for each loop, or wait for the end of the run.");
        }
    }

    private sealed class BufferingStage<T>(int capacity) : BridgeStage<T>
    {
        private readonly Channel<T> _buffer = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        private int _claimed;
        private volatile bool _left;
        private volatile bool _started;

        public ChannelReader<T> Elements => _buffer.Reader;

        public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

        /// <summary>Nobody reads any more: what comes is dropped, and who waits with an element goes on.</summary>
        public void Leave()
        {
            _left = true;
            _buffer.Writer.TryComplete();

            // A run that is being built at this moment cannot be told; its start sees the flag, or this sees the start.
            Interlocked.MemoryBarrier();
            if (_started && !HasEnded)
            {
                Context.Complete();
            }
        }

        public override ValueTask OnStartAsync()
        {
            _started = true;
            Interlocked.MemoryBarrier();
            if (_left)
            {
                Context.Complete();
            }

            return base.OnStartAsync();
        }

        public override ValueTask OnElementAsync(Element<T> element) => _buffer.Writer.TryWrite(element.Value) ? default : WaitAsync(element);

        protected override void OnEnd(Exception? failure) => _buffer.Writer.TryComplete(failure);

        private async ValueTask WaitAsync(Element<T> element)
        {
            try
            {
                await Context.AwaitAsync(_buffer.Writer.WriteAsync(element.Value, Context.Aborted)).ConfigureAwait(true);
            }
            catch (ChannelClosedException) when (_left)
            {
                Context.Drop(element.Context);
            }
        }
    }
}
