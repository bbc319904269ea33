using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Streamz.Dataflow.Graph.Errors;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Hosting;

/// <summary>One instance of a template that makes results of values, one call at a time.</summary>
internal sealed class Worker<TIn, TOut> : Inlet<TOut>
{
    private readonly List<IStage> _stages = [];
    private readonly Outlet<TIn> _entrance;
    private WorkerOutputs<TOut> _outputs;
    private Exception? _failure;
    private bool _hasStarted;
    private volatile bool _hasDropped;

    public Worker(Template<TIn, TOut> template, StageContext host)
    {
        var own = new WorkerContext(host, host.NodeName, Fail, NoteDrop);
        _entrance = template.Build(own, this, (node, stage) =>
        {
            _stages.Add(stage);
            return new WorkerContext(host, node.ToString(), Fail, NoteDrop);
        });
    }

    internal override bool IsForwarding => true;

    /// <summary>Puts a value through the stages.</summary>
    /// <returns>What came out.</returns>
    public async ValueTask<WorkerOutputs<TOut>> InvokeAsync(TIn value)
    {
        (_outputs, _failure, _hasDropped) = (default, null, false);
        if (!_hasStarted)
        {
            for (var i = _stages.Count - 1; i >= 0; i--)
            {
                await _stages[i].OnStartAsync().ConfigureAwait(true);
            }

            _hasStarted = true;
        }

        await _entrance.PushAsync(new Element<TIn>(value, null)).ConfigureAwait(true);
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }

        return _outputs with { HasDropped = _hasDropped };
    }

    public override ValueTask OnElementAsync(Element<TOut> element)
    {
        _outputs = _outputs.With(element.Value);
        return default;
    }

    private void Fail(Exception failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    private void NoteDrop() => _hasDropped = true;
}

/// <summary>What a worker made of one value.</summary>
/// <param name="Count">How many.</param>
/// <param name="First">The first.</param>
/// <param name="More">The others; null if there are none.</param>
internal readonly record struct WorkerOutputs<T>(int Count, T First, List<T>? More)
{
    /// <summary>Whether a policy dropped the value, or a part of it: the call knows no tickets, and who pushes on the results tells them.</summary>
    public bool HasDropped { get; init; }

    public WorkerOutputs<T> With(T next)
    {
        if (Count == 0)
        {
            return new WorkerOutputs<T>(1, next, null);
        }

        var more = More ?? [];
        more.Add(next);
        return new WorkerOutputs<T>(Count + 1, First, more);
    }
}

/// <summary>The context of a stage within one call from value to result. What it awaits is counted as part of that call.</summary>
internal sealed class WorkerContext(StageContext host, string nodeName, Action<Exception> fail, Action dropped) : NodeContext
{
    public override ILogger Logger => host.Logger;

    public override TimeProvider TimeProvider => host.TimeProvider;

    public override CancellationToken Aborted => host.Aborted;

    public override Task PipelineCompletion => host.PipelineCompletion;

    public override string NodeName => nodeName;

    internal override bool IsHalted => host.IsHalted;

    internal override CancellationToken Halted => host.Halted;

    public override CancellationToken BeginCall() => host.BeginCall();

    public override void WhenCaughtUp(Func<ValueTask> call) => throw CannotWait();

    public override void ScheduleTick(TimeSpan dueTime, bool isPending = true) => throw CannotWait();

    public override void CancelTick()
    {
    }

    public override ValueTask WaitAsync(TimeSpan dueTime) => throw CannotWait();

    public override ValueTask<TResult> AwaitAsync<TResult>(ValueTask<TResult> task) => task;

    public override ValueTask AwaitAsync(ValueTask task) => task;

    public override long ArrivedAt => TimeProvider.GetTimestamp();

    public override void KeepPlace(int input) => throw new NotSupportedException($"'{nodeName}' is part of a worker and has no places to keep.");

    public override void ReturnPlace(int input) => throw new NotSupportedException($"'{nodeName}' is part of a worker and has no places to return.");

    public override void KeepRestoredPlace(int input) => throw new NotSupportedException($"'{nodeName}' is part of a worker and has no places to keep.");

    public override void Drop(ElementContext? context)
    {
        host.Drop(context);
        dropped();
    }

    /// <summary>Later elements find a stage that drops what it is given.</summary>
    public override void Complete()
    {
    }

    internal override ValueTask OnFailureAsync(Exception failure, ElementContext? context)
    {
        fail(failure);
        return default;
    }

    /// <summary>That of the host, which has the whole call as its attempt.</summary>
    internal override PolicyPlan Policy => PolicyPlan.Stop;

    internal override CancellationToken? CallToken { get; set; }

    internal override bool IsEnd(Exception thrown) => false;

    internal override Exception Explain(Exception failure) => failure;

    public override void BeginWait(bool byClock) => throw CannotWait();

    public override void EndWait(bool byClock) => throw CannotWait();

    public override void CountRetry(string nodeName, Exception failure, int attempts) => throw CannotWait();

    public override void FailAndSkip(string nodeName, Exception failure, ElementContext? context) => fail(failure);

    public override void FailAndStop(string nodeName, Exception failure, ElementContext? context) => fail(failure);

    public override ValueTask FailToAsync(DeadLetterQueue queue, DeadLetter letter, ElementContext? context) => OnFailureAsync(letter.Exception, context);

    internal override void Discard(ElementContext? context) => OnAbandoned(context);

    internal override void Cancel(CancellationTokenSource source) => ((NodeContext)host).Cancel(source);

    internal override void OnAbandoned(ElementContext? context) => host.OnAbandoned(context);

    internal override void OnForeignStage() => host.OnForeignStage();

    internal override bool BeginBranching() => false;

    internal override ValueTask EndBranching(bool guarded, List<ValueTask>? pending) =>
        pending is null ? default : new ValueTask(Task.WhenAll(pending.Select(branch => branch.AsTask())));

    private NotSupportedException CannotWait() =>
        new($"'{nodeName}' acts by the clock, which a worker of Balance cannot. Put it behind Balance, or use GroupBy.");
}
