using System.Threading.Tasks.Dataflow;

namespace Streamz.Dataflow.Runtime;

/// <summary>How the workers of a parallel node are replaced, and paused.</summary>
/// <remarks>What is noted here belongs to the gate of the segment. Workers that were drained take nothing any more.</remarks>
internal sealed partial class ParallelRun<TIn, TOut>
{
    private int _drains;
    private bool _isPaused;

    public Task DrainAsync(out int drain)
    {
        ActionBlock<Worker> workers;
        lock (_node.Segment.Gate)
        {
            drain = ++_drains;
            workers = _crew.Dismiss();
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

    public void Pause()
    {
        lock (_node.Segment.Gate)
        {
            _isPaused = true;
            SetDegree(0);
        }
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
        SetDegree(degree);
        _crew = new Crew(this, degree);
        for (var engaged = Math.Min(degree, _unstarted.Count); engaged > 0; engaged--)
        {
            EngageWorker();
        }
    }

    /// <summary>As many elements count as moving as have a worker.</summary>
    private void SetDegree(int degree)
    {
        _node.Run.Activity.Add((Math.Min(_unfinished, degree) - Math.Min(_unfinished, _degree)) * RunActivity.Moving);
        _degree = degree;
        NoteWorkers();
    }
}
