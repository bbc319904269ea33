using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Hosting;

/// <summary>A pipeline that lives as long as the host runs: one run after another, should they fail.</summary>
/// <remarks><c>_gate</c> guards that no run begins once the pipeline is to stop, and that each observer is told of each run once. Nothing of the user's is called under it.</remarks>
internal abstract class HostedPipeline : IPipeline, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PipelineRegistration _registration;
    private readonly ILogger _logger;
    private readonly RunObservers _observers = new();
    private PipelineDraft? _draft;
    private volatile GraphInForce? _inForce;
    private volatile PipelineSettings _settings = PipelineSettings.None;
    private volatile IStream? _graph;
    private volatile Pipeline? _run;
    private volatile Exception? _fault;
    private volatile PipelineState _state;
    private Task _supervision = Task.CompletedTask;
    private bool _isStopping;
    private int _restarts;

    protected HostedPipeline(PipelineRegistration registration, IServiceProvider services)
    {
        _registration = registration;
        Services = services;
        _logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(HostingLog.Category);
    }

    public string Name => _registration.Name;

    public Type? ElementType => _registration.ElementType;

    public PipelineState State => _state;

    public Exception? Fault => _fault;

    public int Restarts => Volatile.Read(ref _restarts);

    public IStream Graph => _graph ?? throw NotStarted();

    /// <summary>The present run, or the last one; null before the first.</summary>
    public Pipeline? Present => _run;

    protected IServiceProvider Services { get; }

    private TimeProvider Clock => Services.GetRequiredService<TimeProvider>();

    private Pipeline Run => _run ?? throw NotStarted();

    public PipelineSnapshot GetSnapshot() => Run.GetSnapshot();

    public string Explain() => Run.Explain();

    public Task EditAsync(Action<PipelineEdit> edit, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        Run.EditAsync(edit, deadline, cancellationToken);

    private PipelineFaultBehavior FaultBehavior => _settings.OnFault ?? _registration.FaultBehavior;

    private PipelineRestartOptions Restart => _settings.Restart ?? _registration.Restart;

    /// <summary>Has somebody told what happens in the present run, if there is one, and in all that come.</summary>
    public void Observe(IRunObserver observer)
    {
        lock (_gate)
        {
            _observers.Add(observer);
            if (_run is { } run)
            {
                observer.OnStarted(run.Completion);
            }
        }
    }

    /// <summary>Has somebody told no more.</summary>
    public void Unobserve(IRunObserver observer) => _observers.Remove(observer);

    /// <summary>Completes when nothing of the present run moves unless user code, the clock or an emitter acts.</summary>
    public Task WhenSettledAsync() => _run?.WhenSettledAsync() ?? Task.CompletedTask;

    /// <summary>Says what the configuration says, before the pipeline starts.</summary>
    public void Configure(PipelineSettings settings) => _settings = settings;

    /// <summary>Builds the graph of the next run.</summary>
    /// <returns>What keeps it from starting; each text begins with the name of the pipeline, or with the path in the configuration.</returns>
    public IReadOnlyList<string> Define()
    {
        try
        {
            _draft = CreateDraft();
            var errors = new List<string>();
            _draft = Services.GetService<IGraphSubstitution>()?.Apply(Name, _draft, errors) ?? _draft;
            var graph = new GraphSettings(_draft.Source);
            var targets = graph.Resolve(_settings, errors);
            if (errors.Count == 0)
            {
                graph.Apply(Name, _settings, targets, _draft.Options);
                _inForce = new GraphInForce(graph, _settings, targets);
            }

            return [.. errors, .. _draft.Source.Validate().Select(error => $"{Name}: {error}")];
        }
        catch (Exception failure)
        {
            HostingLog.DefinitionFailed(_logger, failure, Name);
            return [$"{Name}: its definition has failed: {failure.GetType().Name}: {failure.Message}"];
        }
    }

    /// <summary>Finds what in a changed configuration the present graph cannot be.</summary>
    public void Check(PipelineSettings settings, ICollection<string> errors) => _inForce?.Graph.Resolve(settings, errors);

    /// <summary>Takes over a changed configuration that has no faults: as far as that can be while the pipeline runs, the rest at its next start.</summary>
    public async Task ReconfigureAsync(PipelineSettings settings)
    {
        _settings = settings;
        if (_inForce is not { } before || _run is not { Completion.IsCompleted: false } run)
        {
            return;
        }

        var after = before with { Settings = settings, Targets = before.Graph.Resolve(settings, []) };
        var change = new SettingsChange(before.Settings, settings, before.Targets, after.Targets);
        foreach (var path in change.Refused)
        {
            HostingLog.ChangeRefused(_logger, path, Name);
        }

        try
        {
            if (change.Edits.Count > 0)
            {
                await run.EditAsync(change.Describe).ConfigureAwait(false);
                HostingLog.Reconfigured(_logger, Name, string.Join(", ", change.Edits));
            }

            Interlocked.CompareExchange(ref _inForce, after, before);
        }
        catch (Exception failure)
        {
            HostingLog.EditFailed(_logger, failure, Name, string.Join(", ", change.Edits));
        }
    }

    /// <summary>Starts what was defined, and stays with it.</summary>
    public void Start()
    {
        var run = Begin() ?? throw new InvalidOperationException($"The pipeline '{Name}' was stopped; it starts once in the life of a host.");
        _supervision = SuperviseAsync(run);
    }

    /// <summary>Drains as long as the token and the pipeline's own limit allow, then aborts. Never throws.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Pipeline? run;
        lock (_gate)
        {
            _isStopping = true;
            run = _run;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        if (run is { Completion.IsCompleted: false })
        {
            _state = PipelineState.Stopping;
            await DrainAsync(run, cancellationToken).ConfigureAwait(false);
        }

        await _supervision.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_state == PipelineState.Stopping && run?.Completion.IsCompleted == true)
        {
            // Its end was noted before its stop was.
            _state = PipelineState.Completed;
        }
    }

    /// <summary>A host that is disposed without having been stopped takes its pipelines with it, as they are.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
        }

        _stop.Cancel();
        if (_run is { Completion.IsCompleted: false } run)
        {
            _ = run.StopAsync(TimeSpan.Zero);
        }
    }

    protected InvalidOperationException NotStarted() =>
        new($"The pipeline '{Name}' has not started: it starts with the host. Emit after the host has started.");

    /// <summary>Has the user build the graph.</summary>
    protected abstract PipelineDraft CreateDraft();

    /// <summary>Lets emitters into a run that has started.</summary>
    protected virtual void Open(IStream source)
    {
    }

    /// <summary>The settings that were stated when the pipeline was added.</summary>
    protected StreamOptions? Stated => _registration.Options;

    /// <summary>What was stated when the pipeline was added, or what a pipeline of a host has otherwise.</summary>
    protected StreamOptions Options() => Stated ?? new StreamOptions
    {
        LoggerFactory = Services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
        TimeProvider = Clock,
        RequireSinks = true,
    };

    /// <summary>Starts what was defined.</summary>
    /// <returns>The run; null if the pipeline is to stop.</returns>
    private Pipeline? Begin()
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                return null;
            }

            _run = Pipeline.Start(_draft!.Source.Node, _observers);
        }

        _graph = _draft.Source;
        Open(_draft.Source);
        _state = PipelineState.Running;
        HostingLog.Started(_logger, Name);
        return _run;
    }

    /// <summary>Waits for the end of each run, and begins another one where that was a failure that asks for it.</summary>
    private async Task SuperviseAsync(Pipeline first)
    {
        var inARow = 0;
        for (var run = first; run is not null;)
        {
            var began = Clock.GetTimestamp();
            await run.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await DisposeDraftAsync().ConfigureAwait(false);
            if (run.Completion.Exception?.InnerException is not { } fault || fault is PipelineAbortedException)
            {
                _state = PipelineState.Completed;
                HostingLog.Completed(_logger, Name);
                return;
            }

            _fault = fault;
            inARow = Clock.GetElapsedTime(began) >= Restart.ResetAfter ? 0 : inARow;
            (run, inARow) = await SettleAsync(fault, inARow).ConfigureAwait(false);
        }
    }

    /// <summary>Does what was asked for when a run has failed.</summary>
    /// <returns>The next run, if there is one, and how many restarts there were in a row.</returns>
    private async Task<(Pipeline? Run, int InARow)> SettleAsync(Exception fault, int inARow)
    {
        while (true)
        {
            var restart = Restart;
            if (_stop.IsCancellationRequested || FaultBehavior != PipelineFaultBehavior.Restart || inARow >= restart.MaxRestarts)
            {
                GiveUp(fault, inARow);
                return (null, inARow);
            }

            _state = PipelineState.Restarting;
            var delay = restart.DelayBefore(inARow++);
            HostingLog.Restarting(_logger, fault, Name, delay, inARow);
            await Task.Delay(delay, Clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                var errors = _stop.IsCancellationRequested ? [] : Define();
                if (errors.Count == 0)
                {
                    Interlocked.Increment(ref _restarts);
                    var run = _stop.IsCancellationRequested ? null : Begin();
                    _state = run is null ? PipelineState.Faulted : _state;
                    return (run, inARow);
                }

                fault = new PipelineValidationException(errors);
            }
            catch (Exception failure)
            {
                fault = failure;
            }

            _fault = fault;
            await DisposeDraftAsync().ConfigureAwait(false);
        }
    }

    private void GiveUp(Exception fault, int inARow)
    {
        _state = PipelineState.Faulted;
        switch (FaultBehavior)
        {
            case var _ when _stop.IsCancellationRequested:
                // The log has the failure already, and the host stops anyway.
                return;
            case PipelineFaultBehavior.Ignore:
                HostingLog.Ignored(_logger, fault, Name);
                return;
            case PipelineFaultBehavior.Restart:
                HostingLog.GivenUp(_logger, fault, Name, inARow);
                break;
            default:
                HostingLog.HostStops(_logger, fault, Name);
                break;
        }

        Services.GetService<IHostApplicationLifetime>()?.StopApplication();
    }

    private async Task DrainAsync(Pipeline run, CancellationToken cancellationToken)
    {
        StopReport report;
        try
        {
            report = await run.StopAsync(_settings.DrainTimeout ?? _registration.DrainTimeout ?? Timeout.InfiniteTimeSpan).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            report = await run.StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        }

        if (report.Abandoned > 0 || report.Unfinished.Count > 0)
        {
            HostingLog.Abandoned(_logger, Name, report.Abandoned, report.Unfinished.Count == 0 ? "nothing" : string.Join(", ", report.Unfinished));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "What a definition throws at its end must not keep the pipeline from starting again.")]
    private async Task DisposeDraftAsync()
    {
        try
        {
            switch (_draft?.Definition)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync().ConfigureAwait(false);
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
        catch (Exception failure)
        {
            HostingLog.DisposalFailed(_logger, failure, Name);
        }

        _draft = null;
    }
}

/// <summary>A graph that is to be run.</summary>
/// <param name="Source">Where elements enter, or any other place in it.</param>
/// <param name="Options">What its sources bring to it.</param>
/// <param name="Definition">What has defined it and lives as long as its run, if anything.</param>
internal sealed record PipelineDraft(IStream Source, StreamOptions Options, object? Definition);

/// <summary>The graph of the present run, and what of the configuration it was made with.</summary>
internal sealed record GraphInForce(GraphSettings Graph, PipelineSettings Settings, IReadOnlyDictionary<Node, NodeTarget> Targets);
