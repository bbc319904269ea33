namespace Streamz.Dataflow;

/// <summary>
/// How far everything is done, in one partition of a source: elements are done in any order, and the mark is the position of the last one before
/// which no other is open. It only moves forward.
/// </summary>
/// <remarks>
/// <para>Safe for concurrent callers. One caller begins the positions, in order.</para>
/// <para>
/// Memory is bounded by what is in flight: a position is kept until all before it are done. A position that was given up is never passed, so
/// nothing behind it is kept at all.
/// </para>
/// </remarks>
public sealed class LowWaterMark
{
    private readonly Lock _gate = new();
    private Entry[] _open = new Entry[16];
    private long _head;
    private long _next;
    private long? _last;
    private long? _value;
    private long? _limit;
    private long _completed;

    /// <summary>Makes a mark.</summary>
    /// <param name="start">Where it stands; null if nothing was done yet.</param>
    public LowWaterMark(long? start = null)
    {
        _value = start;
        _last = start;
    }

    /// <summary>The position up to which everything is done; null if that is nothing.</summary>
    public long? Value
    {
        get
        {
            lock (_gate)
            {
                return _value;
            }
        }
    }

    /// <summary>How many positions are kept: those that are open, and those that are done but wait for an earlier one.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return (int)((_limit ?? _next) - _head);
            }
        }
    }

    /// <summary>How many positions were completed, passed by the mark or not.</summary>
    public long Completed => Interlocked.Read(ref _completed);

    /// <summary>Whether a position was given up, so that the mark can pass it no more.</summary>
    public bool IsStuck
    {
        get
        {
            lock (_gate)
            {
                return _limit is not null;
            }
        }
    }

    /// <summary>Begins a position.</summary>
    /// <param name="position">The position; more than the one before, and than where the mark stood at first.</param>
    /// <returns>What <see cref="Complete"/> and <see cref="GiveUp"/> know it by.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="position"/> is not more than the one before.</exception>
    public long Begin(long position)
    {
        lock (_gate)
        {
            if (position <= _last)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(position), position, $"Positions must rise, and this one comes behind {_last}. Begin them in the order of the input.");
            }

            _last = position;
            if (_limit is null)
            {
                if (_next - _head == _open.Length)
                {
                    Grow();
                }

                _open[_next & (_open.Length - 1)] = new Entry(position);
            }

            return _next++;
        }
    }

    /// <summary>A position is done.</summary>
    /// <param name="begun">What <see cref="Begin"/> returned.</param>
    public void Complete(long begun)
    {
        Interlocked.Increment(ref _completed);
        lock (_gate)
        {
            if (begun >= _limit || begun < _head)
            {
                return;
            }

            var mask = _open.Length - 1;
            _open[begun & mask].IsDone = true;
            while (_head < (_limit ?? _next) && _open[_head & mask] is { IsDone: true } done)
            {
                _value = done.Position;
                _head++;
            }
        }
    }

    /// <summary>A position will never be done, or was never really begun: the mark does not pass it.</summary>
    /// <param name="begun">What <see cref="Begin"/> returned.</param>
    public void GiveUp(long begun)
    {
        lock (_gate)
        {
            if (begun < (_limit ?? long.MaxValue))
            {
                _limit = begun;
            }
        }
    }

    private void Grow()
    {
        var grown = new Entry[_open.Length * 2];
        for (var i = _head; i < _next; i++)
        {
            grown[i & (grown.Length - 1)] = _open[i & (_open.Length - 1)];
        }

        _open = grown;
    }

    private struct Entry(long position)
    {
        public readonly long Position = position;

        public bool IsDone;
    }
}
