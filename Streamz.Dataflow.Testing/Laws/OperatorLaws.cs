namespace Streamz.Dataflow.Testing;

/// <summary>
/// The laws that every operator and every sink keeps. Derive one class for an operator, say how it is built and what it gives, and
/// call each law from a test of any framework; a law that is broken throws <see cref="LawViolationException"/>.
/// </summary>
/// <remarks>
/// Each law builds its own graph: a source, what <see cref="Build"/> makes, and a sink. All time is virtual. A law that waits for
/// something that never comes gives up after <see cref="Patience"/> and says what it waited for.
/// </remarks>
/// <typeparam name="TIn">The type of what comes in.</typeparam>
/// <typeparam name="TOut">The type of what goes on, or, for a sink, of what it writes.</typeparam>
public abstract partial class OperatorLaws<TIn, TOut>
{
    /// <summary>Elements to try the operator with: at least three, that give at least one output before the stream ends.</summary>
    protected abstract IReadOnlyList<TIn> Inputs { get; }

    /// <summary>
    /// Elements that are, or that contain, the default value of their type. The default is three times <c>default(TIn)</c>.
    /// </summary>
    protected virtual IReadOnlyList<TIn> DefaultInputs => [default!, default!, default!];

    /// <summary>What code of a user the operator calls. The default is <see cref="LawDelegate.None"/>.</summary>
    protected virtual LawDelegate Delegate => LawDelegate.None;

    /// <summary>
    /// The name of the node that calls the delegate, if the operator consists of several and that is not the last one, which
    /// <see cref="Build"/> returns. The default is null.
    /// </summary>
    protected virtual string? NodeOfDelegate => null;

    /// <summary>Whether outputs come in the order of <see cref="Model"/>. The default is true.</summary>
    protected virtual bool KeepsOrder => true;

    /// <summary>Whether elements wait for the clock, so that laws must move it. The default is false.</summary>
    protected virtual bool UsesTime => false;

    /// <summary>
    /// Whether the operator ends before its input does, so that it drops, or its source refuses, what comes later. The default is false.
    /// </summary>
    protected virtual bool EndsEarly => false;

    /// <summary>How far the clock is moved in one step while a law waits. The default is one second.</summary>
    protected virtual TimeSpan TimeStep => TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether the operator drops elements instead of letting upstream wait, so that a slow sink bounds what is inside but not what is
    /// accepted. The default is false.
    /// </summary>
    protected virtual bool DropsWhenBusy => false;

    /// <summary>How many elements the operator itself may hold, besides those in places. The default is 0.</summary>
    protected virtual int MaxHeld => 0;

    /// <summary>How many elements one output may be made of. The default is 1.</summary>
    protected virtual int MaxInputsPerOutput => 1;

    /// <summary>How long a law waits, in real time, before it says that nothing came. The default is 20 seconds.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(20);

    /// <summary>Puts the operator, or the sink, behind a stream.</summary>
    /// <param name="source">The stream.</param>
    /// <param name="probe">What the delegates given to the operator call first; see <see cref="LawDelegate"/>.</param>
    /// <returns>A <see cref="Stream{T}"/> of <typeparamref name="TOut"/>, or the handle of a sink that writes to the probe or is a list.</returns>
    protected abstract IStream Build(Stream<TIn> source, LawProbe<TOut> probe);

    /// <summary>What the operator gives for these elements when nothing fails: a plain function without a pipeline.</summary>
    /// <param name="inputs">The elements.</param>
    /// <returns>The outputs, those of the flush at the end included.</returns>
    protected abstract IEnumerable<TOut> Model(IReadOnlyList<TIn> inputs);

    /// <summary>How much virtual time passes after an element, step by step, where a law compares outputs. The default is none.</summary>
    /// <param name="index">The index of the element.</param>
    /// <returns>The time.</returns>
    protected virtual TimeSpan PauseAfter(int index) => TimeSpan.Zero;

    private LawGraph<TIn, TOut> Define(StreamOptions? options = null)
    {
        var graph = new LawGraph<TIn, TOut>(Build, new LawClock(), options ?? new StreamOptions());
        graph.Probe.Yields = !UsesTime;
        return graph;
    }

    /// <summary>Emits elements one after the other, with their pauses.</summary>
    private async Task FeedAsync(string law, LawRun<TIn, TOut> run, IReadOnlyList<TIn> inputs)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            run.Deliver(inputs[i]);
            await WaitAsync(law, run.Pipeline.AdvanceAsync(run.Graph.Clock, PauseAfter(i), TimeStep), $"the pipeline to come to rest after element {i}").ConfigureAwait(false);
        }
    }

    /// <summary>Waits until a run is over and everybody was told.</summary>
    private async Task EndAsync(string law, LawRun<TIn, TOut> run)
    {
        await DriveAsync(law, run, run.Pipeline.Completion, "the pipeline to end").ConfigureAwait(false);
        await WaitAsync(law, Task.WhenAll(run.Deliveries), "every DeliverAsync to complete").ConfigureAwait(false);
    }

    /// <summary>A run of the given elements from start to end, which must be a good one.</summary>
    private async Task<LawRun<TIn, TOut>> RunAsync(string law, LawGraph<TIn, TOut> graph, IReadOnlyList<TIn> inputs)
    {
        var run = graph.Start();
        await FeedAsync(law, run, inputs).ConfigureAwait(false);
        graph.Source.Complete();
        await EndAsync(law, run).ConfigureAwait(false);
        if (run.Pipeline.Completion.Exception?.InnerException is { } failure)
        {
            throw Broken(law, $"the run failed though no delegate did: {failure}");
        }

        return run;
    }

    /// <summary>Waits for a task, and moves the clock meanwhile if elements wait for it.</summary>
    private async Task DriveAsync(string law, LawRun<TIn, TOut> run, Task task, string what)
    {
        if (!UsesTime)
        {
            await WaitAsync(law, task, what).ConfigureAwait(false);
            return;
        }

        var began = TimeProvider.System.GetTimestamp();
        await WaitAsync(law, run.Pipeline.SettleAsync(), what).ConfigureAwait(false);
        while (!task.IsCompleted)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw Broken(law, $"waited for {what}, which did not happen within {Patience.TotalSeconds} s, in which the clock moved to {run.Graph.Clock.GetUtcNow():O}.");
            }

            await WaitAsync(law, run.Pipeline.AdvanceAsync(run.Graph.Clock, TimeStep), what).ConfigureAwait(false);
            await Task.Yield();
        }
    }

    /// <summary>Waits for a task, whatever its result.</summary>
    private Task WaitAsync(string law, Task task, string what) => LawPatience.WaitAsync(task, Patience, what, seen => Broken(law, seen));

    private void Check(string law, bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Broken(law, otherwise);
        }
    }

    private void CheckOutputs(string law, IReadOnlyCollection<TOut> seen, IReadOnlyCollection<TOut> expected, string when) =>
        Check(law, ElementValues.AreEqual(expected, seen, KeepsOrder), $"{when} it gave {ElementValues.Text(seen)} instead of {ElementValues.Text(expected)}.");

    private LawViolationException Broken(string law, string seen) => new(law, GetType().Name, seen);
}
