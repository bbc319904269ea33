namespace Streamz.Dataflow.Testing;

/// <summary>
/// The laws that every source keeps. Derive one class for a source, say how it is built and what it gives, and call each law from a test of
/// any framework; a law that is broken throws <see cref="LawViolationException"/>.
/// </summary>
/// <remarks>
/// Each law builds its own graph: what <see cref="Build"/> makes, and a sink. The pipeline's time is virtual; what comes from outside may come
/// in real time. A law that waits for something that never comes gives up after <see cref="Patience"/> and says what it waited for.
/// </remarks>
/// <typeparam name="T">The type of what the source gives.</typeparam>
public abstract partial class SourceLaws<T>
{
    /// <summary>What the source gives in each run, at least three elements; of a source that goes on and on, the first ones.</summary>
    protected abstract IReadOnlyList<T> Items { get; }

    /// <summary>Whether the source ends after <see cref="Items"/>. The default is true; if not, laws stop it.</summary>
    protected virtual bool EndsByItself => true;

    /// <summary>Whether the source waits by the clock, so that laws must move it. The default is false.</summary>
    protected virtual bool UsesTime => false;

    /// <summary>How far the clock is moved in one step while a law waits. The default is one second.</summary>
    protected virtual TimeSpan TimeStep => TimeSpan.FromSeconds(1);

    /// <summary>How many elements the source has taken from outside in all runs of this instance, where that can be known. The default is null.</summary>
    protected virtual int? Taken => null;

    /// <summary>How many elements the source may have taken from outside besides those that the pipeline has accepted. The default is 1.</summary>
    protected virtual int MaxAhead => 1;

    /// <summary>How long a law waits, in real time, before it says that nothing came. The default is 20 seconds.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(20);

    /// <summary>Makes the source.</summary>
    /// <param name="options">The settings of the pipeline, with the clock of the law.</param>
    /// <returns>A stream that gives <see cref="Items"/> in each run.</returns>
    protected abstract Stream<T> Build(StreamOptions options);

    /// <summary>
    /// What the outside does in each run so that the source gives <see cref="Items"/>. It is called once the run was started, and not awaited; that it
    /// fails because the source has ended meanwhile is no matter. The default does nothing.
    /// </summary>
    /// <param name="cancellation">Cancelled when the run is over.</param>
    /// <returns>A task that completes when everything was given.</returns>
    protected virtual Task GiveAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Makes a source that fails, after some of <see cref="Items"/> or none. The default is null: it has no way to fail.</summary>
    /// <param name="options">The settings of the pipeline, with the clock of the law.</param>
    /// <returns>The source, or null.</returns>
    protected virtual Stream<T>? BuildFailing(StreamOptions options) => null;

    /// <summary>Looks for what a run has left behind outside: a file that is open, a process, a port. The default finds nothing.</summary>
    /// <returns>What was found, or null.</returns>
    protected virtual string? FindLeftover() => null;

    private SourceGraph Define(StreamOptions? options = null, Func<StreamOptions, Stream<T>>? build = null) =>
        new(build ?? Build, options ?? new StreamOptions());

    private SourceRun Start(SourceGraph graph)
    {
        var run = new SourceRun(graph);
        run.Giving = GiveAsync(run.Over.Token);
        return run;
    }

    /// <summary>A run from start to end, which must be a good one.</summary>
    private async Task<SourceRun> RunAsync(string law, SourceGraph graph)
    {
        var run = Start(graph);
        await GatherAsync(law, run).ConfigureAwait(false);
        await FinishAsync(law, run).ConfigureAwait(false);
        return run;
    }

    /// <summary>Waits until the sink was given all items.</summary>
    private async Task GatherAsync(string law, SourceRun run) =>
        await DriveAsync(law, run, Task.WhenAny(run.Graph.Probe.WhenArrivedAsync(run.Before + Items.Count), run.Pipeline.Completion), $"{Items.Count} elements").ConfigureAwait(false);

    /// <summary>Lets a run end, or ends it, and checks that it was a good one.</summary>
    private async Task FinishAsync(string law, SourceRun run)
    {
        if (!EndsByItself)
        {
            await WaitAsync(law, run.Pipeline.StopAsync(Timeout.InfiniteTimeSpan), "StopAsync").ConfigureAwait(false);
        }

        await EndAsync(law, run).ConfigureAwait(false);
        if (run.Pipeline.Completion.Exception?.InnerException is { } failure)
        {
            throw Broken(law, $"the run failed though nothing outside did: {failure}");
        }
    }

    private async Task EndAsync(string law, SourceRun run)
    {
        await DriveAsync(law, run, run.Pipeline.Completion, "the pipeline to end").ConfigureAwait(false);
        await run.Over.CancelAsync().ConfigureAwait(false);
        await WaitAsync(law, run.Giving, "the outside to end").ConfigureAwait(false);
    }

    /// <summary>Waits for a task, and moves the clock meanwhile if the source waits for it.</summary>
    private async Task DriveAsync(string law, SourceRun run, Task task, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (UsesTime && !task.IsCompleted)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw Broken(law, $"waited for {what}, which did not happen within {Patience.TotalSeconds} s, in which the clock moved to {run.Graph.Clock.GetUtcNow():O}.");
            }

            await WaitAsync(law, run.Pipeline.AdvanceAsync(run.Graph.Clock, TimeStep), what).ConfigureAwait(false);
            await Task.Yield();
        }

        await WaitAsync(law, task, what).ConfigureAwait(false);
    }

    /// <summary>Waits for a task, whatever its result.</summary>
    private Task WaitAsync(string law, Task task, string what) => LawPatience.WaitAsync(task, Patience, what, seen => Broken(law, seen));

    private void CheckItems(string law, SourceRun run, string when)
    {
        var written = run.Written();
        var first = EndsByItself ? written : [.. written.Take(Items.Count)];
        Check(law, ElementValues.AreEqual(Items, first, ordered: true), $"{when} it gave {ElementValues.Text(first)} instead of {ElementValues.Text(Items)}.");
    }

    private async Task CheckNothingLeftAsync(string law, SourceRun run, string after)
    {
        var snapshot = run.Pipeline.GetSnapshot().Nodes[0];
        var abandoned = run.Pipeline.GetSnapshot().Nodes.Sum(node => node.Abandoned + node.Failed);
        Check(law, snapshot.Received <= run.Written().Count + abandoned, $"after {after}, {snapshot.Received} elements had been accepted, but {run.Written().Count} were written and {abandoned} abandoned.");
        await WaitAsync(law, run.Pipeline.Run.Activity.WhenAtRestAsync(settled: false), $"the pipeline's counters to be idle after {after}").ConfigureAwait(false);
        await WaitAsync(law, run.Graph.Clock.WhenNoTimersAsync(), $"all timers to be disposed after {after}").ConfigureAwait(false);
        Check(law, run.Pipeline.Run.Drivers.TrueForAll(driver => driver.Completion.IsCompleted), $"after {after} the loop of the source was still running.");
        if (FindLeftover() is { } found)
        {
            throw Broken(law, $"after {after} there was still {found}.");
        }
    }

    private void Check(string law, bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Broken(law, otherwise);
        }
    }

    private LawViolationException Broken(string law, string seen) => new(law, GetType().Name, seen);

    /// <summary>The graph around a source under test: the source, an observer, and a sink.</summary>
    private sealed class SourceGraph
    {
        public SourceGraph(Func<StreamOptions, Stream<T>> build, StreamOptions options)
        {
            Source = build(options with { TimeProvider = Clock });
            Source.Then(new Graph.OperatorNode<T, T>("law_observer", Observer.CreateStage<T>))
                .Sink(Probe.WriteAsync, options: new NodeOptions { Name = "law sink" });
        }

        public LawClock Clock { get; } = new();

        public EndObserver Observer { get; } = new();

        public SourceProbe<T> Probe { get; } = new();

        public Stream<T> Source { get; }
    }

    /// <summary>One run of the graph around a source under test.</summary>
    private sealed class SourceRun
    {
        public SourceRun(SourceGraph graph)
        {
            Graph = graph;
            Before = graph.Probe.Written().Count;
            Pipeline = graph.Source.Start();
        }

        public SourceGraph Graph { get; }

        /// <summary>How much the runs before have written.</summary>
        public int Before { get; }

        public Pipeline Pipeline { get; }

        public CancellationTokenSource Over { get; } = new();

        public Task Giving { get; set; } = Task.CompletedTask;

        public List<T> Written() => Graph.Probe.Written()[Before..];
    }
}
