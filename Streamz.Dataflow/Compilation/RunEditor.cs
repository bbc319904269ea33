using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Runtime;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Compilation;

/// <summary>Makes one change of a run, between two elements of all segments that it touches.</summary>
/// <remarks>
/// <para>
/// Segments are brought to a stand one after the other, those upstream first, so that what they have begun can still be taken by those
/// downstream. Until all stand, nothing of the run has changed, and the edit can be given up. From then on nothing can keep it from being
/// made: the changes are a few operations on lists, outlets and ports, none of which waits.
/// </para>
/// <para>
/// A node that gets or loses an input, or is paused or resized, must begin a segment of its own. If it does not, its segment is split there: the
/// stages stay, only the block that runs them is another. A source that puts straight into the port of its one consumer gets a segment as soon
/// as its outputs change. Where removed nodes lie between others, the segments in front of them stand still until they have pushed on what they
/// held, so that nothing overtakes it.
/// </para>
/// </remarks>
internal sealed partial class RunEditor
{
    private readonly Run _run;
    private readonly RunChange _change;
    private readonly Dictionary<Node, NodeRun> _nodes;

    private RunEditor(Run run, RunChange change)
    {
        _run = run;
        _change = change;
        _nodes = run.Nodes.ToDictionary(node => node.Node);
    }

    /// <summary>Makes the change, or throws and changes nothing.</summary>
    /// <param name="run">The run.</param>
    /// <param name="change">The change.</param>
    /// <param name="deadline">How long to wait for the segments to come to a stand, by the clock of the run.</param>
    /// <returns>A task that completes when the segments in front of removed nodes go on again, to be awaited when other edits may be made.</returns>
    public static async Task<Task> ApplyAsync(Run run, RunChange change, TimeSpan deadline)
    {
        try
        {
            return await new RunEditor(run, change).ApplyAsync(deadline).ConfigureAwait(false);
        }
        finally
        {
            run.CatchUp();
            run.NoteEdit();
        }
    }

    private async Task<Task> ApplyAsync(TimeSpan deadline)
    {
        RefuseWhatHasEnded();
        foreach (var source in Touched().Where(node => node.Segment is null).ToList())
        {
            GiveSegment(source);
        }

        var touched = Touched().Select(node => node.Segment).ToHashSet();
        var stands = await Standing.BringAsync(_run, touched, Drained().ToHashSet(), deadline).ConfigureAwait(false);
        var held = new List<LoopRun>();
        List<NodeRun> leaving;
        _run.Demand.Hold();
        try
        {
            RefuseWhatHasEnded();
            HoldLoops(held);
            leaving = Change(AddNodes(), stands);
        }
        catch
        {
            stands.GiveUp();
            throw;
        }
        finally
        {
            held.ForEach(loop => loop.OuterEdgeEnded());
            _run.Demand.LetGo();
        }

        var upstream = leaving.Exists(node => node.Outputs.Exists(edge => !edge.To.IsLeaving && !edge.IsDeadLetters))
            ? _change.Removed.Select(edge => Find(edge.From)!.Segment).ToHashSet()
            : [];
        stands.Release(except: upstream);
        var ended = Task.WhenAll(leaving.Select(node => node.Segment.Completion).Distinct());
        _ = ForgetAsync(leaving, ended);
        return upstream.Count > 0 ? GoOnAsync(stands, ended) : Task.CompletedTask;
    }

    private static async Task GoOnAsync(Standing stands, Task ended)
    {
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stands.Release();
    }

    private NodeRun? Find(Node node) => _nodes.GetValueOrDefault(node);

    /// <summary>The nodes of the run whose inputs, outputs or settings change.</summary>
    private IEnumerable<NodeRun> Touched() => _change.TouchedOutputs.Concat(_change.TouchedInputs).Select(Find).OfType<NodeRun>().Distinct();

    /// <summary>The parallel nodes that get other workers, or none.</summary>
    private IEnumerable<NodeRun> Drained() =>
        _change.Settings.Degrees.Keys.Concat(_change.Settings.Pauses.Where(pause => pause.Value).Select(pause => pause.Key)).Select(Find).OfType<NodeRun>().Where(node => node.Parallel is not null);

    /// <summary>Keeps the loops that something is to be led into from ending meanwhile.</summary>
    private void HoldLoops(List<LoopRun> held)
    {
        foreach (var (edge, loop) in _change.Added.Select(edge => (edge, Find(edge.To)?.Loop)))
        {
            if (loop is not null && Find(edge.From)?.Loop != loop)
            {
                if (!loop.TryHold())
                {
                    throw new PipelineValidationException([$"The loop through '{edge.To}' is ending: everything that led into it has ended."]);
                }

                held.Add(loop);
            }
        }
    }

    private void RefuseWhatHasEnded()
    {
        // What a closed source has taken may wait at a paused node. A node that feeds itself may go on for a time when its inputs have ended, and a loop may.
        var connected = _change.Added.Concat(_change.Removed).SelectMany(edge => new[] { edge.From, edge.To }).Select(Find).OfType<NodeRun>().ToHashSet();
        var ended = Touched().Where(node => HasEnded(node) || (connected.Contains(node) && IsClosed(node))).Select(node => $"'{node.NodeName}' has ended.")
            .Concat(_change.Added.Where(edge => Find(edge.To) is { Loop: null, Stage: not IChangingJoin } to && RunBuilder.FindPort(to, edge.Input) is { HasEnded: true })
                .Select(edge => $"The input of '{edge.To}' has ended."))
            .Distinct()
            .ToList();
        if (ended.Count > 0)
        {
            throw new PipelineValidationException(ended);
        }
    }

    private static bool HasEnded(NodeRun node) =>
        node.HasEnded || node.IsLeaving || node.IsCompleted || node.Stage.Outlet is { Completed: true };

    /// <summary>Whether nothing more can come out of a source but what it has taken.</summary>
    private bool IsClosed(NodeRun node) =>
        node.Stage is SourceStage && node.Inputs.Count == 0
            && _run.Ingresses.All(ingress => ingress.Node != node || ingress.IsClosed)
            && _run.Drivers.All(driver => driver.Node != node || driver.Completion.IsCompleted);

    /// <summary>Makes the change, while all that it touches stands still.</summary>
    /// <returns>The nodes that leave the run, and end.</returns>
    private List<NodeRun> Change(Action start, Standing stands)
    {
        foreach (var node in _change.TouchedInputs.Select(Find).OfType<NodeRun>().Distinct().Where(node => node.Segment.Head != node).ToList())
        {
            Split(node, stands);
        }

        var leaving = _change.Leaving.Select(Find).OfType<NodeRun>().ToList();
        leaving.ForEach(node => node.IsLeaving = true);
        foreach (var edge in _change.Added)
        {
            Connect(edge);
        }

        foreach (var edge in _change.Removed)
        {
            Disconnect(edge);
        }

        foreach (var edge in leaving.SelectMany(node => node.Outputs).Where(edge => !edge.To.IsLeaving && edge.To.Node.HasVariableInputs))
        {
            RunBuilder.FindPort(edge.To, edge.Input)!.LeavesJoin = true;
        }

        foreach (var (node, degree) in _change.Settings.Degrees)
        {
            node.MaxDegreeOfParallelism = degree;
        }

        foreach (var (node, interval) in _change.Settings.Rates)
        {
            node.Rate!.Interval = interval;
        }

        foreach (var node in _change.Settings.Resized.Concat(_change.Settings.Degrees.Keys).Select(node => Find(node)!))
        {
            node.Segment.Ports.Where(port => port.Feedback is null && !port.IsInternal).ToList().ForEach(port => port.SetPlaces(Planner.PlacesOf(node.Node, _run.Options)));
        }

        foreach (var segment in _change.TouchedOutputs.Select(node => Find(node)!.Segment).Distinct())
        {
            segment.Reseal();
        }

        stands.GoOn(node => !_change.Settings.Pauses.GetValueOrDefault(node.Node));
        start();
        Pause(leaving);
        return leaving;
    }

    private void Pause(List<NodeRun> leaving)
    {
        foreach (var (node, isPaused) in _change.Settings.Pauses)
        {
            if (isPaused)
            {
                Find(node)!.Segment.Pause();
            }
            else
            {
                Find(node)!.Segment.Resume();
            }
        }

        foreach (var node in leaving)
        {
            node.Segment.Resume();
        }
    }

    /// <summary>Makes the nodes that the edit has added, and what starts them once they are connected.</summary>
    private Action AddNodes()
    {
        if (_change.New.Count == 0)
        {
            return () => { };
        }

        // Told apart by what they are, and not by their place: what has left is being forgotten meanwhile.
        var segments = _run.Segments.ToHashSet();
        var ingresses = _run.Ingresses.ToHashSet();
        var drivers = _run.Drivers.ToHashSet();
        var nodes = _run.Nodes.ToHashSet();
        var number = NextNumber();
        try
        {
            RunBuilder.Extend(Planner.Plan(_change.New, _run.Options, number), _run);
        }
        catch
        {
            // The making of a stage may be the user's.
            _run.Nodes.RemoveAll(node => !_nodes.ContainsKey(node.Node));
            _run.Segments.RemoveAll(segment => segment.Number >= number);
            _run.Ports.RemoveAll(port => port.Segment.Number >= number);
            throw;
        }

        foreach (var node in _run.Nodes.Where(node => !nodes.Contains(node)))
        {
            _nodes.Add(node.Node, node);
        }

        var newSegments = _run.Segments.Where(segment => !segments.Contains(segment)).ToList();
        var newIngresses = _run.Ingresses.Where(ingress => !ingresses.Contains(ingress)).ToList();
        var newDrivers = _run.Drivers.Where(driver => !drivers.Contains(driver)).ToList();
        AddParts(newSegments.Count + newDrivers.Count);
        return () => Run.Begin(newSegments, newIngresses, newDrivers);
    }

    private void Connect(Edge edge)
    {
        var (from, to) = (Find(edge.From)!, Find(edge.To)!);
        if (edge.IsDeadLetters)
        {
            RunBuilder.FindPort(to, edge.Input)!.TryAddEdge();
            RunBuilder.ConnectQueue(from, to, edge);
            return;
        }

        var isNew = _change.New.Contains(edge.To);
        var input = edge.Input;
        Port port;
        if (!isNew && to.Stage is IChangingJoin join)
        {
            join.AddSide();
            input = to.Stage.Inlets.Count - 1;
            to.AddEntry(to.Stage.Inlets[input]);
            port = RunBuilder.MakePort(new PortAddress(to, input, Planner.PlacesOf(to.Node, _run.Options)));
            port.OpenEdges = 1;
        }
        else
        {
            port = RunBuilder.FindPort(to, input)!;
            if (!isNew)
            {
                port.TryAddEdge();
            }
        }

        var connection = new RunEdge(from, to, input, edge) { Target = RunBuilder.MakeEdge(from, port) };
        from.Stage.Outlet!.Connect(connection.Target);
        connection.Add();
    }

    private void Disconnect(Edge edge)
    {
        var connection = Find(edge.From)!.Outputs.Find(each => each.Definition == edge)!;
        connection.From.Stage.Outlet!.Disconnect(target => ReferenceEquals(target, connection.Target));
        connection.Remove();
        var end = (IPortEdge)connection.Target!;
        if (connection.To is { Stage: IChangingJoin, IsLeaving: false })
        {
            end.Port.LeavesJoin = true;
            end.Port.Discard();

            // Before it takes anything further: its outputs are made without that side from now on.
            connection.To.Segment.Request(connection.To, () => connection.To.RemoveSideAsync(end.Port));
        }

        end.End();
    }

    private void AddParts(int count)
    {
        if (!_run.TryAddParts(count))
        {
            throw new PipelineClosedException("The pipeline has ended; there is nothing to edit.");
        }
    }

    /// <summary>Forgets the nodes that have left, once they have ended, so that a run that is edited again and again does not grow.</summary>
    private async Task ForgetAsync(List<NodeRun> leaving, Task ended)
    {
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (leaving.Count == 0 || _run.IsFaulted)
        {
            return;
        }

        foreach (var edge in leaving.SelectMany(node => node.Outputs.Concat(node.Inputs)).ToList())
        {
            edge.Remove();
        }

        _run.Segments.RemoveAll(segment => leaving.Exists(node => node.Segment == segment));
        _run.Ports.RemoveAll(port => leaving.Contains(port.Node));
        Topology.Free(leaving.Select(node => node.Node));

        // Last: as long as the run knows them, no edit takes them in again, which would reserve them anew.
        _run.Nodes.RemoveAll(leaving.Contains);
    }
}
