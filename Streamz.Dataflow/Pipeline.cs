using Streamz.Dataflow.Compilation;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow;

/// <summary>One run of a connected graph. It owns all sources of the graph, and is over when all its nodes have ended.</summary>
/// <remarks>Disposing stops the intake, drains, and never throws; use <see cref="StopAsync"/> to set a deadline.</remarks>
public sealed class Pipeline : IAsyncDisposable
{
    /// <summary>Two sources of one graph may both be emitted into for the first time at the same moment.</summary>
    private static readonly Lock s_startGate = new();

    private const int SettledTurns = 8;

    private static readonly TimeSpan s_abortGrace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_editDeadline = TimeSpan.FromSeconds(30);

    private readonly object _reservation;

    private Pipeline(Run run, object reservation)
    {
        Run = run;
        _reservation = reservation;
    }

    /// <summary>
    /// Completes when every node has ended: normally, or with a <see cref="NodeFailedException"/> that names the node that
    /// failed first, or with a <see cref="PipelineAbortedException"/>.
    /// </summary>
    public Task Completion => Run.Completion;

    /// <summary>The name of the pipeline in metrics and traces: <see cref="StreamOptions.Name"/>, or that of its first source.</summary>
    public string Name => Run.PipelineName;

    internal Run Run { get; }

    /// <summary>Stops the intake and waits until everything accepted is through; what is left at the deadline is abandoned.</summary>
    /// <remarks>
    /// At the deadline the tokens of the delegates are cancelled. A delegate that ignores its token for five more seconds is
    /// left running, and named in the report.
    /// </remarks>
    /// <param name="deadline">How long to drain, by the clock of the pipeline; not negative, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <returns>What was left behind.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="deadline"/> is negative.</exception>
    public async Task<StopReport> StopAsync(TimeSpan deadline)
    {
        if (deadline != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(deadline, TimeSpan.Zero);
        }

        Run.CloseIntake();
        if (!await EndsWithinAsync(deadline, Run.TimeProvider).ConfigureAwait(false))
        {
            Run.Abort();

            // By the real clock: a delegate that ignores its token must not keep the caller, whatever clock the pipeline has.
            await EndsWithinAsync(s_abortGrace, TimeProvider.System).ConfigureAwait(false);
        }

        return StopReport.Of(Run);
    }

    /// <summary>
    /// Completes at the next moment when nothing is moving, queued or waiting for the clock: everything emitted so far has gone
    /// as far as it can without new elements.
    /// </summary>
    /// <returns>A task that completes at that moment, or when the pipeline ends.</returns>
    public Task WhenIdleAsync() => WhenAtRestAsync(settled: false);

    /// <summary>Prints the plan: which nodes share a block, how many places each has, and which branches have no sink.</summary>
    /// <returns>The text, a line for each segment.</returns>
    public string Explain() => Topology.Read(() => PlanText.Of(RunPlan.Of(Run)));

    /// <summary>
    /// Changes the graph while elements flow: connects, disconnects, adds branches and sides, removes them, sets nodes anew, pauses and resumes
    /// them. The change is made as a whole between two elements of the parts that it touches: no element is lost, seen twice or overtaken,
    /// and operators keep what they hold.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Intake pauses for the parts that the edit touches, and only there, until they have finished the elements that they are at. A new branch gets
    /// all elements from then on. What nothing feeds any more leaves: it works off what it has taken, flushes and ends; where it lies between other
    /// nodes, those in front of it wait for that. What a removed side of a join holds is dropped and counted.
    /// </para>
    /// <para>
    /// If the edit cannot be made, by its own fault, at its deadline or because the pipeline stops, the pipeline goes on as it was, and so is the
    /// definition of the graph. Edits are made one after the other. Never await an edit within a delegate of the pipeline: it waits for that
    /// delegate to end.
    /// </para>
    /// </remarks>
    /// <param name="edit">
    /// Describes the change, at once and on the calling thread: within it, operators, <c>Connect</c>, <c>Disconnect</c> and <c>Detach</c> may be
    /// called on streams of this pipeline.
    /// </param>
    /// <param name="deadline">How long to wait for the parts to come to a stand, by the clock of the pipeline; not negative. The default is 30 seconds.</param>
    /// <param name="cancellationToken">Gives the edit up as long as it waits for another edit.</param>
    /// <returns>A task that completes when the change is made.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="edit"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="edit"/> is asynchronous.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="deadline"/> is negative.</exception>
    /// <exception cref="PipelineValidationException">The changed graph cannot be run, or what it touches has ended; all faults are listed.</exception>
    /// <exception cref="TimeoutException">A part was busy until the deadline; the text names the node.</exception>
    /// <exception cref="PipelineClosedException">The pipeline stops, or is over.</exception>
    /// <exception cref="NodeFailedException">The pipeline has failed.</exception>
    /// <exception cref="OperationCanceledException">The edit was given up.</exception>
    public Task EditAsync(Action<PipelineEdit> edit, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(edit);
        DelegateCheck.RefuseAsyncVoid(edit, nameof(EditAsync));
        var time = deadline ?? s_editDeadline;
        if (time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(deadline));
        }

        return EditInTurnAsync(edit, time, cancellationToken);
    }

    /// <summary>Reads the counts of all nodes.</summary>
    /// <returns>The counts; each is exact, together they are those of about one moment.</returns>
    public PipelineSnapshot GetSnapshot() => PipelineSnapshot.Of(Run);

    /// <summary>Stops the intake and waits until everything accepted is through. Never throws.</summary>
    /// <returns>A task that completes when the pipeline has ended.</returns>
    public async ValueTask DisposeAsync()
    {
        Run.CloseIntake();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Finds all that keeps a graph from running on this thread.</summary>
    internal static IReadOnlyList<string> Validate(IReadOnlyList<Node> nodes) =>
        [.. GraphValidator.Validate(nodes, OptionsOf(nodes), SynchronizationContext.Current is not null)];

    internal static Pipeline Start(Node node, IRunObserver? observer = null)
    {
        lock (s_startGate)
        {
            return StartUnderGate(node, observer);
        }
    }

    internal static void EnsureStarted<T>(IngressNode<T> node)
    {
        lock (s_startGate)
        {
            if (node.Entrance is null)
            {
                StartUnderGate(node);
            }
        }
    }

    /// <summary>Starts the graph of a node, unless it is running.</summary>
    /// <returns>The pipeline, if this call started it.</returns>
    internal static Pipeline? StartIfIdle(Node node)
    {
        lock (s_startGate)
        {
            return Topology.IsRunning(node) ? null : StartUnderGate(node);
        }
    }

    /// <summary>Completes when nothing moves unless user code, the clock or an emitter acts.</summary>
    /// <remarks>
    /// A continuation of user code that could not run where its task was completed is still on its way through the thread pool
    /// while the run looks settled. So the pool gets some turns, and the run has to be settled after them, too.
    /// </remarks>
    internal async Task WhenSettledAsync()
    {
        await WhenAtRestAsync(settled: true).ConfigureAwait(false);
        for (var turn = 0; turn < SettledTurns && !Completion.IsCompleted; turn++)
        {
            var turned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            ThreadPool.UnsafeQueueUserWorkItem(static done => done.SetResult(), turned, preferLocal: false);
            await turned.Task.ConfigureAwait(false);
            if (!Run.Activity.IsSettled)
            {
                await WhenAtRestAsync(settled: true).ConfigureAwait(false);
                turn = 0;
            }
        }
    }

    private static StreamOptions OptionsOf(IReadOnlyList<Node> nodes) =>
        nodes.Select(each => each.Options).FirstOrDefault(each => each is not null) ?? StreamOptions.Default;

    private async Task EditInTurnAsync(Action<PipelineEdit> edit, TimeSpan time, CancellationToken cancellationToken)
    {
        Task goesOn;
        await Run.Changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            goesOn = await EditAloneAsync(edit, time).ConfigureAwait(false);
        }
        finally
        {
            Run.Changing.Release();
        }

        // Not before: should a node downstream be paused, only another edit can let it go on.
        await goesOn.ConfigureAwait(false);
    }

    private async Task<Task> EditAloneAsync(Action<PipelineEdit> edit, TimeSpan deadline)
    {
        if (Run.Stopping.IsCancellationRequested || Completion.IsCompleted)
        {
            throw Run.CreateFault() ?? (Exception)new PipelineClosedException("The pipeline was stopped or is over; there is nothing to edit. Change the graph and start it again.");
        }

        PipelineEdit description = null!;
        var topology = Topology.Edit(_reservation, changed =>
        {
            description = new PipelineEdit(Run, changed);
            edit(description);
        });
        RunChange? change = null;
        try
        {
            change = EditPlanner.Plan(Run, topology, description.Settings);
            Topology.Join(change.New, _reservation);
            var goesOn = await RunEditor.ApplyAsync(Run, change, deadline).ConfigureAwait(false);
            PipelineLog.Edited(Run.Logger, change.New.Count, change.Leaving.Count, change.Settings.Count);
            Run.Observers.OnEdited(change.New.Count, change.Leaving.Count, change.Settings.Count);
            return goesOn;
        }
        catch (Exception reason)
        {
            Topology.Undo(topology);
            Topology.Free(change?.New ?? []);
            PipelineLog.EditTakenBack(Run.Logger, reason);
            Run.Observers.OnEditTakenBack(reason);
            throw;
        }
    }

    private static Pipeline StartUnderGate(Node node, IRunObserver? observer = null)
    {
        var reservation = new object();
        var nodes = Topology.Reserve(node, reservation);
        try
        {
            if (Validate(nodes) is { Count: > 0 } errors)
            {
                throw new PipelineValidationException(errors);
            }

            var plan = Planner.Plan(nodes, OptionsOf(nodes));
            var run = RunBuilder.Build(plan, SynchronizationContext.Current);
            foreach (var openEnd in plan.OpenEnds)
            {
                PipelineLog.OpenEnd(run.Logger, openEnd.ToString());
            }

            if (observer is not null)
            {
                run.Observers.Add(observer);
                observer.OnStarted(run.Completion);
            }

            run.Begin();
            return new Pipeline(run, reservation);
        }
        catch
        {
            Topology.Free(nodes);
            throw;
        }
    }

    private async Task WhenAtRestAsync(bool settled)
    {
        await Task.WhenAny(Run.Activity.WhenAtRestAsync(settled), Completion).ConfigureAwait(false);
        if (Run.IsEnding)
        {
            // Nothing moves any more, but those who wait for the end are still to be told.
            await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> EndsWithinAsync(TimeSpan time, TimeProvider clock)
    {
        try
        {
            await Completion.WaitAsync(time, clock).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!Completion.IsCompleted)
        {
            return false;
        }
        catch (Exception) when (Completion.IsCompleted)
        {
            // Thrown by Completion to those who await it; here only the end counts.
        }

        return true;
    }
}
