using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Hosting;

/// <summary>The context of a stage that runs inside the segment of its host, within the calls that the host gets.</summary>
internal sealed class HostedContext(HostedStages stages, Node node, IStage stage) : NodeContext
{
    private HostedTick? _tick;

    public override TimeProvider TimeProvider => stages.Host.Context.TimeProvider;

    public override CancellationToken Aborted => stages.Host.Context.Aborted;

    public override Task PipelineCompletion => stages.Host.Context.PipelineCompletion;

    public override string NodeName => node.ToString();

    public Node Node => node;

    public Outlet Outlet => stage.Outlet!;

    /// <summary>Whether the stage has asked for its end.</summary>
    public bool IsCompleted { get; private set; }

    internal override bool IsHalted => stages.Host.IsHalted;

    internal override CancellationToken Halted => stages.Host.Context.Halted;

    public override CancellationToken BeginCall() => stages.Host.Context.BeginCall();

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

    /// <summary>Has the stage close what it has opened.</summary>
    public ValueTask DisposeAsync() => stage is IAsyncDisposable owner ? GuardAsync(owner.DisposeAsync) : default;

    internal override ValueTask OnFailureAsync(Exception failure, ElementContext? context) => OnFailureAsync(node, null, failure, context);

    internal override ValueTask OnFailureAsync(Node failed, ErrorPolicy? policy, Exception failure, ElementContext? context) =>
        stages.Host.Context.OnFailureAsync(failed, policy ?? node.OnError, failure, context);

    internal override void OnAbandoned(ElementContext? context) => stages.Host.Context.OnAbandoned(context);

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
