namespace Streamz.Dataflow.Runtime;

/// <summary>
/// A moment of a run at which nothing is in flight: all that its sources have emitted has left, or is held by stages. States that are read
/// then belong together, and to the positions of the sources.
/// </summary>
/// <remarks>
/// <para>
/// New elements are kept out at all ports first. Then one part after the other comes to a stand as soon as it has nothing to do, those
/// upstream first, so that nothing is pushed into a part that stands. A loop has nothing to do when nothing goes round in it: ticks of its
/// members are kept back, since they would set something moving again. Elements that stages hold lend their places meanwhile, or what waits
/// for such a place could never go on.
/// </para>
/// <para>
/// It cannot hang by itself: what is inside goes on as always, and nothing comes in. It lasts as long as the slowest of what is inside, and is
/// given up when the run is aborted. No edit is made at the same time.
/// </para>
/// <para>
/// Whoever brings a run to a stand counts as moving, but for the time of waiting for a part; that part counts it again before it stands. So there is no moment
/// at which the run looks settled.
/// </para>
/// </remarks>
internal sealed class Barrier
{
    private const int Attempts = 3;

    private readonly Run _run;
    private readonly Task _end;
    private readonly List<Standstill> _stands = [];

    private Barrier(Run run)
    {
        _run = run;
        _end = Task.WhenAny(run.PartsOver, run.WhenAborted);
    }

    /// <summary>Brings a run to a stand.</summary>
    /// <returns>What keeps it there until released; null if that is not possible now, because a node is paused or the run is ending.</returns>
    public static async Task<Barrier?> BringAsync(Run run)
    {
        if (!run.Changing.Wait(0))
        {
            run.Activity.Add(-RunActivity.Moving);
            await run.Changing.WaitAsync().ConfigureAwait(false);
            run.Activity.Add(RunActivity.Moving);
        }

        for (var attempt = 0; attempt < Attempts && !run.IsEnding && !run.Segments.Exists(segment => segment.IsPaused); attempt++)
        {
            var barrier = new Barrier(run);
            if (await barrier.StandAsync().ConfigureAwait(false))
            {
                return barrier;
            }

            // A delegate has emitted into a part that stood already.
            barrier.LetGo();
        }

        run.Changing.Release();
        return null;
    }

    /// <summary>Lets the run go on.</summary>
    public void Release()
    {
        LetGo();
        _run.Changing.Release();
    }

    private async Task<bool> StandAsync()
    {
        foreach (var port in _run.Ports)
        {
            port.KeepOut();
        }

        foreach (var loop in _run.Loops)
        {
            loop.HoldTicks();
        }

        foreach (var part in SegmentOrder.WithLoops(_run))
        {
            if (part[0].Loop is { } loop)
            {
                await loop.WhenStillAsync(_run.Activity, _end).ConfigureAwait(false);
            }

            foreach (var segment in part)
            {
                await StandAsync(segment).ConfigureAwait(false);
            }
        }

        return _end.IsCompleted || _run.Segments.All(IsQuiet);
    }

    private async Task StandAsync(Segment segment)
    {
        var stand = new Standstill(segment, () => _run.Activity.Add(RunActivity.Moving));
        segment.StandWhenQuiet(stand);
        _run.Activity.Add(-RunActivity.Moving);
        await Task.WhenAny(stand.Arrived, _end).ConfigureAwait(false);
        if (stand.Arrived.IsCompleted)
        {
            _stands.Add(stand);
        }
        else if (!stand.Release())
        {
            _run.Activity.Add(RunActivity.Moving);
        }
    }

    private static bool IsQuiet(Segment segment)
    {
        lock (segment.Gate)
        {
            return segment.Ports.TrueForAll(port => port.HasEnded || port.IsQuiet);
        }
    }

    private void LetGo()
    {
        foreach (var loop in _run.Loops)
        {
            loop.ReleaseTicks();
        }

        foreach (var port in _run.Ports)
        {
            port.LetIn();
            if (_run.IsSuspended)
            {
                port.KeepOut();
            }
        }

        for (var i = _stands.Count - 1; i >= 0; i--)
        {
            _stands[i].Release();
        }
    }
}
