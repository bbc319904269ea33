using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Streamz.Dataflow.Graph.Errors;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Hosting;

/// <summary>The context of a stage that runs inside the segment of its host, within the calls that the host gets.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Disposed with the stage, by DisposeAsync.")]
internal sealed class HostedContext(HostedStages stages, Node node, IStage stage) : NodeContext
{
    private HostedTick? _tick;
    private CancellationTokenSource? _halt;

    public override ILogger Logger => stages.Host.Context.Logger;

    public override TimeProvider TimeProvider => stages.Host.Context.TimeProvider;

    public override CancellationToken Aborted => stages.Host.Context.Aborted;

    public override Task PipelineCompletion => stages.Host.Context.PipelineCompletion;

    public override string NodeName => node.ToString();

    public Node Node => node;

    public IStage Stage => stage;

    public Outlet Outlet => stage.Outlet!;

    /// <summary>Whether the stage has asked for its end.</summary>
    public bool IsCompleted { get; private set; }

    internal override PolicyPlan Policy { get; } = stages.PolicyOf(node);

    internal override CancellationToken? CallToken { get; set; }

    internal override bool IsHalted => stages.Host.IsHalted;

    // Made when it is asked for: few stages do, and there may be very many groups.
    internal override CancellationToken Halted => (_halt ??= CancellationTokenSource.CreateLinkedTokenSource(stages.Host.Context.Halted)).Token;

    public override CancellationToken BeginCall() => CallToken ?? stages.Host.Context.BeginCall();

    public override void ScheduleTick(TimeSpan dueTime, bool isPending = true) =>
        stages.Host.Ticks.Schedule(_tick ??= new HostedTick(TickAsync), dueTime, isPending);

    public override void CancelTick()
    {
        if (_tick is not null)
        {
            stages.Host.Ticks.Cancel(_tick);
        }
    }

    public override ValueTask WaitAsync(TimeSpan dueTime) => stages.Host.Context.WaitAsync(dueTime);

    public override ValueTask<TResult> AwaitAsync<TResult>(ValueTask<TResult> task) => stages.Host.Context.AwaitAsync(task);

    public override ValueTask AwaitAsync(ValueTask task) => stages.Host.Context.AwaitAsync(task);

    public override long ArrivedAt => stages.Host.ArrivedAt ?? TimeProvider.GetTimestamp();

    public override void KeepPlace(int input) => throw new NotSupportedException($"'{node}' is part of a template and has no places to keep.");

    public override void ReturnPlace(int input) => throw new NotSupportedException($"'{node}' is part of a template and has no places to return.");

    public override void KeepRestoredPlace(int input) => throw new NotSupportedException($"'{node}' is part of a template and has no places to keep.");

    public override void WhenCaughtUp(Func<ValueTask> call) => stages.Host.Context.WhenCaughtUp(() => FinishAsync(call));

    public override void Drop(ElementContext? context) => stages.Host.Context.Drop(context);

    public override void Complete()
    {
        if (!IsCompleted)
        {
            IsCompleted = true;
            stages.EndBehind(this);
        }
    }

    /// <summary>Tells the stage that it begins.</summary>
    public ValueTask StartAsync() => GuardAsync(stage.OnStartAsync);

    /// <summary>Has the stage push on what it holds, unless it has ended early.</summary>
    public ValueTask FlushAsync() => IsCompleted ? default : GuardAsync(stage.OnFlushAsync);

    /// <summary>Nobody wants what the stage pushes on any more.</summary>
    public void Halt()
    {
        Outlet.Completed = true;
        if (_halt is not null)
        {
            Cancel(_halt);
        }
    }

    /// <summary>Has the stage close what it has opened.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stage is IAsyncDisposable owner)
        {
            await GuardAsync(owner.DisposeAsync).ConfigureAwait(true);
        }

        // The host, which it is linked to, may outlive it by far.
        _halt?.Dispose();
        _halt = null;
    }

    internal override bool IsEnd(Exception thrown) =>
        stages.Host.Context.IsEnd(thrown)
        || (thrown is OperationCanceledException cancelled && _halt is { IsCancellationRequested: true } halt && cancelled.CancellationToken == halt.Token);

    internal override Exception Explain(Exception failure) => stages.Host.Context.Explain(failure);

    public override void BeginWait(bool byClock) => stages.Host.Context.BeginWait(byClock);

    public override void EndWait(bool byClock) => stages.Host.Context.EndWait(byClock);

    public override void CountRetry(string nodeName, Exception failure, int attempts) => stages.Host.Context.CountRetry(nodeName, failure, attempts);

    public override void FailAndSkip(string nodeName, Exception failure, ElementContext? context) => stages.Host.Context.FailAndSkip(nodeName, failure, context);

    public override void FailAndStop(string nodeName, Exception failure, ElementContext? context) => stages.Host.Context.FailAndStop(nodeName, failure, context);

    public override ValueTask FailToAsync(DeadLetterQueue queue, DeadLetter letter, ElementContext? context) =>
        stages.Host.Context.FailToAsync(queue, letter, context);

    internal override void Discard(ElementContext? context)
    {
        if (Outlet.Completed && !IsHalted)
        {
            Drop(context);
        }
        else
        {
            stages.Host.Context.Discard(context);
        }
    }

    internal override void Cancel(CancellationTokenSource source) => stages.Host.Context.Cancel(source);

    internal override void OnAbandoned(ElementContext? context) => stages.Host.Context.OnAbandoned(context);

    internal override void OnForeignStage() => stages.Host.Context.OnForeignStage();

    internal override bool BeginBranching() => stages.Host.Context.BeginBranching();

    internal override ValueTask EndBranching(bool guarded, List<ValueTask>? pending) => stages.Host.Context.EndBranching(guarded, pending);

    private ValueTask TickAsync() => FinishAsync(stage.OnTickAsync);

    private async ValueTask FinishAsync(Func<ValueTask> call)
    {
        await GuardAsync(call).ConfigureAwait(true);
        await stages.FinishEndingAsync().ConfigureAwait(true);
    }

    private async ValueTask GuardAsync(Func<ValueTask> call)
    {
        try
        {
            await call().ConfigureAwait(true);
        }
        catch (Exception failure)
        {
            await OnFailureAsync(failure, null).ConfigureAwait(true);
        }
    }
}
