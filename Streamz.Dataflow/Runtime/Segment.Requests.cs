namespace Streamz.Dataflow.Runtime;

/// <summary>What a segment does between two elements: ticks, requests, calls, and pauses.</summary>
/// <remarks>The lists and the pause belong to the gate, the calls to the running chunk.</remarks>
internal sealed partial class Segment
{
    private readonly List<(NodeRun Node, Func<ValueTask> Call)> _requests = [];
    private readonly List<NodeRun> _ticks = [];
    private readonly Queue<(NodeRun Node, Func<ValueTask> Call)> _calls = new();
    private TaskCompletionSource? _paused;
    private Standstill? _quiet;
    private bool _isPaused;
    private volatile bool _requested;

    /// <summary>Whether a tick or another request is waiting to be served between two elements.</summary>
    public bool IsRequested => _requested;

    /// <summary>Has the stages start before the first element, whoever wakes the segment.</summary>
    public void RequestStart()
    {
        lock (Gate)
        {
            _requests.Add((Head, StartStagesAsync));
            _requested = true;
        }
    }

    /// <summary>Has a node's tick served, soon and once.</summary>
    public void RequestTick(NodeRun node)
    {
        lock (Gate)
        {
            if (!_ticks.Contains(node))
            {
                _ticks.Add(node);
            }

            NoteRequest();
        }

        Wake();
    }

    /// <summary>Runs a call for a node between two elements; a segment that is over runs nothing any more, and makes the call at once.</summary>
    public void Request(NodeRun node, Func<ValueTask> call)
    {
        bool isOver;
        lock (Gate)
        {
            isOver = _isOver;
            if (!isOver)
            {
                _requests.Add((node, call));
                NoteRequest();
            }
        }

        if (isOver)
        {
            // All nodes have ended: there is nothing that the call could wait for.
            _ = call().AsTask();
        }
        else
        {
            Wake();
        }
    }

    /// <summary>Whether the segment lets no element begin.</summary>
    public bool IsPaused
    {
        get
        {
            lock (Gate)
            {
                return _isPaused;
            }
        }
    }

    /// <summary>
    /// Has the segment stand still as soon as nothing is left in it to do: all that its ports have accepted is through, or held by its stages.
    /// One at a time.
    /// </summary>
    public void StandWhenQuiet(Standstill standstill)
    {
        bool isOver;
        lock (Gate)
        {
            isOver = _isOver;
            if (!isOver)
            {
                _quiet = standstill;
            }
        }

        if (isOver)
        {
            _ = standstill.StandAsync().AsTask();
        }
        else
        {
            Wake();
        }
    }

    /// <summary>Lets no element begin from now on; ticks and requests are still served.</summary>
    public void Pause()
    {
        Head.Parallel?.Pause();
        lock (Gate)
        {
            _isPaused = true;
            _requested = true;
        }

        Wake();
    }

    /// <summary>Ends <see cref="Pause"/>.</summary>
    public void Resume()
    {
        lock (Gate)
        {
            _isPaused = false;
            GoOn();
        }

        foreach (var node in Nodes)
        {
            node.Parallel?.Resume();
        }
    }

    /// <summary>Has a call made once the running chunk finds that nothing more has arrived. Called by the running chunk only.</summary>
    public void WhenCaughtUp(NodeRun node, Func<ValueTask> call) => _calls.Enqueue((node, call));

    /// <summary>Serves ticks and requests; called by the running chunk only.</summary>
    public async ValueTask ServeRequestsAsync()
    {
        while (true)
        {
            NodeRun[] ticks;
            (NodeRun Node, Func<ValueTask> Call)[] requests;
            TaskCompletionSource? paused = null;
            lock (Gate)
            {
                ticks = [.. _ticks];
                requests = [.. _requests];
                _ticks.Clear();
                _requests.Clear();
                _requested = false;
                if (ticks.Length == 0 && requests.Length == 0)
                {
                    if (!_isPaused)
                    {
                        return;
                    }

                    // Until it is resumed, or asked for something: whoever does that counts the flow as moving again first.
                    paused = _paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    Flow.BeginStand();
                }
            }

            if (paused is not null)
            {
                await AwaitAsync(new ValueTask(paused.Task)).ConfigureAwait(true);
                continue;
            }

            foreach (var node in ticks)
            {
                if (node.Segment != this)
                {
                    node.Segment.RequestTick(node);
                    continue;
                }

                await AwaitAsync(node.TickAsync()).ConfigureAwait(true);
            }

            foreach (var (node, call) in requests)
            {
                if (node.Segment != this)
                {
                    node.Segment.Request(node, call);
                    continue;
                }

                await AwaitAsync(call()).ConfigureAwait(true);
            }
        }
    }

    /// <summary>Takes what the segment is to stand still for, if it is quiet. Called under the gate.</summary>
    private Standstill? TakeQuiet()
    {
        if (_quiet is not { } quiet || !Ports.TrueForAll(port => port.HasEnded || port.IsQuiet))
        {
            return null;
        }

        _quiet = null;
        return quiet;
    }

    /// <summary>There is something to be served between two elements. Called under the gate.</summary>
    private void NoteRequest()
    {
        _requested = true;
        GoOn();
    }

    private void GoOn()
    {
        if (_paused is { } paused)
        {
            _paused = null;
            Flow.EndStand();
            paused.SetResult();
        }
    }
}
