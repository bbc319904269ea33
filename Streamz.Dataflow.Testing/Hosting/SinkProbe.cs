using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Testing;

/// <summary>
/// Takes the place of a sink in a test: remembers what arrives, lets the test say how much it wants, and says what is wrong with it.
/// </summary>
/// <remarks>
/// It takes everything at once, until <see cref="Request"/> is called for the first time: from then on only what was asked for, so that back-pressure can be tested.
/// What is expected is looked for when the pipelines have settled; nothing waits for a time to pass. May be used from one thread at a time.
/// </remarks>
/// <typeparam name="T">The type of the elements.</typeparam>
public sealed class SinkProbe<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _received = [];
    private readonly string _name;
    private readonly Func<Task> _settle;
    private readonly Queue<Turn> _waiting = [];
    private bool _isLimited;
    private int _demand;
    private bool _isCompleted;
    private int _expected;

    internal SinkProbe(string pipeline, string node, Func<Task> settle, bool isLimited)
    {
        _name = $"'{node}' of the pipeline '{pipeline}'";
        _settle = settle;
        _isLimited = isLimited;
    }

    /// <summary>Everything that has arrived so far, in order, over all runs of the pipeline.</summary>
    public IReadOnlyList<T> Received
    {
        get
        {
            lock (_gate)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>Lets further elements in. From the first call on, only what was asked for comes in.</summary>
    /// <param name="count">How many; one or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than one.</exception>
    public void Request(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_gate)
        {
            _isLimited = true;
            _demand += count;
        }

        // The pipeline goes on within this call, so that it is not taken for settled before it has; hence not under the gate.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (TakeTurn() is { } turn)
            {
                turn.SetResult();
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Waits until the pipelines have settled, and expects these elements to have arrived next: behind those that were expected before.</summary>
    /// <param name="elements">The elements, in order, one or more. Lists are compared by what is in them.</param>
    /// <returns>A task that completes when they have been found.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="elements"/> is null.</exception>
    /// <exception cref="ArgumentException">No element is given.</exception>
    /// <exception cref="ProbeException">Others have arrived, or too few.</exception>
    public Task ExpectNextAsync(params T[] elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        if (elements.Length == 0)
        {
            throw new ArgumentException("Give the elements that are expected, or use ExpectNothingAsync.", nameof(elements));
        }

        return ExpectAsync(elements);
    }

    /// <summary>Waits until the pipelines have settled, and takes the element that has arrived next.</summary>
    /// <returns>The element.</returns>
    /// <exception cref="ProbeException">None has arrived.</exception>
    public async Task<T> ExpectNextAsync()
    {
        await _settle().ConfigureAwait(false);
        return TakeNew(1) is [var next] ? next : throw new ProbeException($"{_name} was to receive an element, and has received nothing{Ended()}.");
    }

    /// <summary>Waits until the pipelines have settled, and expects that nothing has arrived but what was expected before.</summary>
    /// <returns>A task that completes when that is sure.</returns>
    /// <exception cref="ProbeException">Something has arrived.</exception>
    public async Task ExpectNothingAsync()
    {
        await _settle().ConfigureAwait(false);
        if (TakeNew(int.MaxValue) is { Count: > 0 } next)
        {
            throw new ProbeException($"{_name} was to receive nothing more, and has received {ElementValues.Text(next)}.");
        }
    }

    /// <summary>Waits until the pipelines have settled, and expects that the branch has ended and that nothing has arrived but what was expected before.</summary>
    /// <returns>A task that completes when that is sure.</returns>
    /// <exception cref="ProbeException">Something has arrived, or more may come.</exception>
    public async Task ExpectCompletedAsync()
    {
        await ExpectNothingAsync().ConfigureAwait(false);
        lock (_gate)
        {
            if (!_isCompleted)
            {
                throw new ProbeException($"{_name} was to have ended, and has not.");
            }
        }
    }

    internal SinkNode<T> CreateNode()
    {
        lock (_gate)
        {
            _isCompleted = false;
        }

        return new SinkNode<T>("probe", () => new ProbeStage(this)) { AcceptsTimeout = true };
    }

    private async Task ExpectAsync(T[] elements)
    {
        await _settle().ConfigureAwait(false);
        var next = TakeNew(elements.Length);
        if (!ElementValues.AreEqual(next, elements))
        {
            throw new ProbeException($"{_name} was to receive {ElementValues.Text(elements)} next, and has received {(next.Count == 0 ? "nothing" : ElementValues.Text(next))}{Ended()}.");
        }
    }

    private List<T> TakeNew(int count)
    {
        lock (_gate)
        {
            var next = _received.Skip(_expected).Take(count).ToList();
            _expected += next.Count;
            return next;
        }
    }

    private string Ended()
    {
        lock (_gate)
        {
            return _isCompleted ? ", and its branch has ended" : "";
        }
    }

    /// <summary>Takes the next element that waits and was asked for.</summary>
    private Turn? TakeTurn()
    {
        lock (_gate)
        {
            while (_demand > 0 && _waiting.TryDequeue(out var turn))
            {
                if (turn.TryClaim())
                {
                    _demand--;
                    _received.Add(turn.Element);
                    return turn;
                }
            }

            return null;
        }
    }

    /// <summary>Takes an element, as soon as it was asked for.</summary>
    private ValueTask TakeAsync(T element, CancellationToken cancellation)
    {
        Turn turn;
        lock (_gate)
        {
            if (!_isLimited || _demand > 0)
            {
                _demand -= _isLimited ? 1 : 0;
                _received.Add(element);
                return default;
            }

            turn = new Turn(element);
            _waiting.Enqueue(turn);
        }

        return TakeInTurnAsync(turn, cancellation);
    }

    private static async ValueTask TakeInTurnAsync(Turn turn, CancellationToken cancellation)
    {
        using (cancellation.UnsafeRegister(static (turn, token) => ((Turn)turn!).Cancel(token), turn))
        {
            await turn.Task.ConfigureAwait(false);
        }
    }

    /// <summary>An element that waits: it is taken or its call is cancelled, never both.</summary>
    private sealed class Turn(T element) : TaskCompletionSource
    {
        private int _isClaimed;

        public T Element => element;

        public bool TryClaim() => Interlocked.Exchange(ref _isClaimed, 1) == 0;

        public void Cancel(CancellationToken token)
        {
            if (TryClaim())
            {
                SetCanceled(token);
            }
        }
    }

    private sealed class ProbeStage(SinkProbe<T> probe) : SinkStage<T>
    {
        public override ValueTask OnElementAsync(Element<T> element) => Context.AwaitAsync(probe.TakeAsync(element.Value, Context.BeginCall()));

        public override ValueTask OnFlushAsync()
        {
            lock (probe._gate)
            {
                probe._isCompleted = true;
            }

            return default;
        }
    }
}
