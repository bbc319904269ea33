using System.Threading.Tasks.Dataflow;

namespace Streamz.Dataflow.Runtime;

/// <summary>How the workers of a parallel node are replaced, and paused.</summary>
/// <remarks>What is noted here belongs to the gate of the segment. Workers that were drained take nothing any more.</remarks>
internal sealed partial class ParallelRun<TIn, TOut>
{
    private int _drains;
    private bool _isPaused;
    private bool _isGivenUp;

    public Task DrainAsync(out int drain)
    {
        ActionBlock<Worker> workers;
        lock (_node.Segment.Gate)
        {
            drain = ++_drains;
            _isGivenUp = false;
            workers = _crew.Dismiss();
            CountMoving();
        }

        workers.Complete();
        return workers.Completion;
    }

    public void GoOn(int degree, int places, int drain)
    {
        lock (_node.Segment.Gate)
        {
            if (drain != _drains || _isPaused)
            {
                // The same workers were drained for somebody else as well, who says how it goes on.
                return;
            }

            Replace(degree);
        }

        _entry.SetPlaces(places);
        ((IDispatcher<TIn>)this).Start();
    }

    public void GiveUpDrain()
    {
        lock (_node.Segment.Gate)
        {
            _isGivenUp = true;
            CountMoving();
        }
    }

    public void Pause()
    {
        ActionBlock<Worker> workers;
        lock (_node.Segment.Gate)
        {
            // A run that stops may have ended a pause before, and given the node workers since they were drained.
            _isPaused = true;
            workers = _crew.Dismiss();
            SetDegree(0);
        }

        workers.Complete();
    }

    public void Resume()
    {
        lock (_node.Segment.Gate)
        {
            if (!_isPaused)
            {
                return;
            }

            _isPaused = false;
            _drains++;
            Replace(_node.Node.MaxDegreeOfParallelism);
        }

        ((IDispatcher<TIn>)this).Start();
    }

    private void Replace(int degree)
    {
        _crew = new Crew(this, degree);
        _isGivenUp = false;
        SetDegree(degree);
        for (var engaged = Math.Min(degree, _unstarted.Count); engaged > 0; engaged--)
        {
            EngageWorker();
        }
    }

    private void SetDegree(int degree)
    {
        _degree = degree;
        CountMoving();
        NoteWorkers();
    }

    private void CountMoving()
    {
        if (ChangeOfMoving() is var change and not 0)
        {
            _node.Run.Activity.Add(change * RunActivity.Moving);
        }
    }

    /// <summary>
    /// Counts anew how many elements move: as many as have a worker, or will at once. Workers that are dismissed take none any more; an edit that stands still
    /// meanwhile says how it goes on, and one that was given up goes on by itself once they are drained. Called under the gate.
    /// </summary>
    /// <returns>How many more there are than before, which the run is to be told.</returns>
    private int ChangeOfMoving()
    {
        var before = _moving;
        _moving = Math.Min(_unfinished, _degree);
        if (_crew.IsDismissed)
        {
            _moving = Math.Max(_unfinished - _unstarted.Count, _isGivenUp ? Math.Min(_moving, 1) : 0);
        }

        return _moving - before;
    }
}
