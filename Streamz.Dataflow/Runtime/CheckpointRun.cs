using System.Diagnostics.CodeAnalysis;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// Saves how far the sources of a run are done, and what its stages know: at an interval, after so many elements, and last when the run is over. One save
/// at a time, for all partitions that have moved.
/// </summary>
/// <remarks>
/// The gate guards all fields but the count of completed elements, and is a leaf. Whoever asks for a save while nobody saves starts a saver, which
/// saves until nobody has asked meanwhile: so there is one at a time, and no request is lost.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The token source is disposed when the run is over.")]
internal sealed class CheckpointRun(Run run, CheckpointOptions options)
{
    /// <summary>How long the last save may take once the run was aborted: who aborts waits for a time, and a store may hang.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly List<CheckpointedPartition> _partitions = [];
    private Task<Opened>? _opening;
    private Task _saving = Task.CompletedTask;
    private ITimer? _timer;
    private ITimer? _grace;
    private long _completed;
    private bool _isSaving;
    private bool _isRequested;
    private bool _isOver;
    private bool _hasFailedToLoad;
    private SavedStates? _states;
    private Checkpoint _saved = new();
    private IReadOnlyList<string> _forgotten = [];

    /// <summary>Whether the states of stages are saved with the positions, which barriers decide then and not tickets.</summary>
    public bool SavesStates => options.SaveStates;

    /// <summary>Takes up a partition of a source.</summary>
    public async ValueTask<SourcePartition> OpenAsync(NodeRun node, CheckpointKey key)
    {
        var opened = await OpenAsync().ConfigureAwait(true);
        lock (_gate)
        {
            if (_partitions.Exists(each => each.Key == key))
            {
                throw new InvalidOperationException(
                    $"'{node.NodeName}' takes up '{key}', which another source of the pipeline '{options.Pipeline}' has taken up in this run. Give each source a name of its own.");
            }

            long? start = opened.Loaded.Positions.TryGetValue(key, out var position) ? position : null;
            var partition = new CheckpointedPartition(node, key, this, start);
            _partitions.Add(partition);
            return partition;
        }
    }

    /// <summary>What earlier runs have saved of the stages. If that cannot be read, the run has failed.</summary>
    public async ValueTask<SavedStates?> LoadStatesAsync()
    {
        try
        {
            await OpenAsync().ConfigureAwait(true);
            return _states;
        }
        catch (Exception failure)
        {
            lock (_gate)
            {
                if (_hasFailedToLoad)
                {
                    return null;
                }

                _hasFailedToLoad = true;
            }

            run.Fault(run.Nodes[0], failure);
            return null;
        }
    }

    /// <summary>An element is done, or, where states are saved, was emitted. Called from any thread.</summary>
    public void CountElement()
    {
        if (options.Every is { } every && Interlocked.Increment(ref _completed) % every == 0)
        {
            Request();
        }
    }

    /// <summary>Saves what is left to be saved. Called when nothing moves any more.</summary>
    public async Task FinishAsync()
    {
        if (_opening is null)
        {
            _giveUp.Dispose();
            return;
        }

        // The source that could not open it has told the run.
        await ((Task)_opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_opening.IsCompletedSuccessfully)
        {
            var session = (await _opening.ConfigureAwait(false)).Session;
            if (_timer is not null)
            {
                await _timer.DisposeAsync().ConfigureAwait(false);
            }

            var watching = run.Aborted.UnsafeRegister(static state => ((CheckpointRun)state!).BeginGrace(), this);
            Volatile.Write(ref _isOver, true);
            await Request().ConfigureAwait(false);
            await GuardAsync(session.DisposeAsync()).ConfigureAwait(false);
            await watching.DisposeAsync().ConfigureAwait(false);
            if (_grace is not null)
            {
                await _grace.DisposeAsync().ConfigureAwait(false);
            }
        }

        _giveUp.Dispose();
    }

    private void BeginGrace() =>
        _grace = run.TimeProvider.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), _giveUp, s_grace, Timeout.InfiniteTimeSpan);

    private Task<Opened> OpenAsync()
    {
        lock (_gate)
        {
            return _opening ??= Task.Run(OpenSessionAsync);
        }
    }

    private async Task<Opened> OpenSessionAsync()
    {
        var session = await options.Store.OpenAsync(options.Pipeline, run.Stopping).ConfigureAwait(false);
        try
        {
            var loaded = await session.LoadAsync(run.Stopping).ConfigureAwait(false);
            if (options.SaveStates)
            {
                TakeUpStates(loaded);
            }

            if (options.Interval != Timeout.InfiniteTimeSpan)
            {
                _timer = run.TimeProvider.CreateTimer(
                    static state => ((CheckpointRun)state!).RequestUnlessSaving(), this, options.Interval, options.Interval);
            }

            return new Opened(session, loaded);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void TakeUpStates(Checkpoint loaded)
    {
        var states = new SavedStates(loaded.States, options.Serializer);
        var unknown = states.Names.Where(name => !run.Nodes.Exists(node => node.Node.Name == name)).Order().ToList();
        if (unknown.Count > 0 && !options.ForgetUnknownStates)
        {
            throw new InvalidDataException(
                $"The checkpoint of the pipeline '{options.Pipeline}' has states of {string.Join(", ", unknown.Select(name => $"'{name}'"))}, which the graph does not have. Give the nodes their names again, or set CheckpointOptions.ForgetUnknownStates if they are gone for good.");
        }

        _saved = loaded with { States = loaded.States.Where(state => !unknown.Contains(state.Key!)).ToDictionary() };
        _forgotten = unknown;
        _states = states;
    }

    /// <summary>A save that takes longer than the interval is not followed by another one at once.</summary>
    private void RequestUnlessSaving()
    {
        lock (_gate)
        {
            if (_isSaving)
            {
                return;
            }
        }

        Request();
    }

    /// <summary>Asks for a save of what has moved by now.</summary>
    /// <returns>A task that completes when it was made, or has failed; it never fails itself.</returns>
    public Task Request()
    {
        lock (_gate)
        {
            _isRequested = true;
            if (!_isSaving)
            {
                _isSaving = true;
                run.Activity.Add(RunActivity.Moving);

                // Elsewhere: who completes an element, or moves the clock, does not wait for a store.
                _saving = Task.Run(SaveWhileRequestedAsync);
            }

            return _saving;
        }
    }

    private async Task SaveWhileRequestedAsync()
    {
        while (TakeRequest())
        {
            await SaveAsync().ConfigureAwait(false);
        }

        run.Activity.Add(-RunActivity.Moving);
    }

    private bool TakeRequest()
    {
        lock (_gate)
        {
            _isSaving = _isRequested;
            _isRequested = false;
            return _isSaving;
        }
    }

    private async Task SaveAsync()
    {
        Checkpoint? checkpoint;
        try
        {
            checkpoint = options.SaveStates ? await ReadStatesAsync().ConfigureAwait(false) : ReadMarks();
        }
        catch (Exception failure)
        {
            Report(failure);
            return;
        }

        if (checkpoint is null)
        {
            return;
        }

        var session = (await _opening!.ConfigureAwait(false)).Session;
        if (await GuardAsync(session.SaveAsync(checkpoint, _giveUp.Token)).ConfigureAwait(false))
        {
            _saved = checkpoint;
            _forgotten = [];
            foreach (var partition in Partitions())
            {
                partition.SavedUpTo = checkpoint.Positions.TryGetValue(partition.Key, out var position) ? position : partition.SavedUpTo;
            }
        }
    }

    private List<CheckpointedPartition> Partitions()
    {
        lock (_gate)
        {
            return [.. _partitions];
        }
    }

    /// <summary>The marks that have moved; null if none has.</summary>
    private Checkpoint? ReadMarks()
    {
        var moved = new Dictionary<CheckpointKey, long>();
        foreach (var partition in Partitions())
        {
            if (partition.DoneUpTo is { } position && position != partition.SavedUpTo)
            {
                moved.Add(partition.Key, position);
            }
        }

        return moved.Count == 0 ? null : new Checkpoint { Positions = moved };
    }

    /// <summary>Positions and states of one moment; null if they are those that were saved last, or if there is no such moment.</summary>
    private async ValueTask<Checkpoint?> ReadStatesAsync()
    {
        // Whoever fails or aborts the run says so before anything is discarded.
        if (Volatile.Read(ref _isOver))
        {
            return run.IsFaulted ? null : ReadStates();
        }

        var barrier = await Barrier.BringAsync(run).ConfigureAwait(false);
        if (barrier is null)
        {
            return null;
        }

        try
        {
            return run.IsFaulted ? null : ReadStates();
        }
        finally
        {
            barrier.Release();
        }
    }

    private Checkpoint? ReadStates()
    {
        var states = run.Nodes.Where(node => node.Stage is ISnapshot).ToDictionary(node => node.Node.Name!, node => node.SaveState(options.Serializer));
        foreach (var name in _saved.States.Keys.Concat(_forgotten))
        {
            // A node that an edit has taken away.
            states.TryAdd(name, default);
        }

        var positions = Partitions().Where(partition => partition.AcceptedUpTo is not null).ToDictionary(partition => partition.Key, partition => partition.AcceptedUpTo!.Value);
        var isSaved = positions.All(each => _saved.Positions.TryGetValue(each.Key, out var position) && position == each.Value)
            && states.All(each => (_saved.States.TryGetValue(each.Key, out var bytes) || each.Value.IsEmpty) && bytes.Span.SequenceEqual(each.Value.Span));
        return isSaved ? null : new Checkpoint { Positions = positions, States = states };
    }

    /// <summary>Awaits the store, and reports what it throws.</summary>
    /// <returns>Whether it has done its work.</returns>
    private async Task<bool> GuardAsync(ValueTask work)
    {
        try
        {
            if (!work.IsCompleted)
            {
                run.Activity.Add(RunActivity.User - RunActivity.Moving);
                try
                {
                    await work.AsTask().WaitAsync(_giveUp.Token).ConfigureAwait(false);
                }
                finally
                {
                    run.Activity.Add(RunActivity.Moving - RunActivity.User);
                }
            }
            else
            {
                await work.ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception failure)
        {
            Report(failure);
            return false;
        }
    }

    private void Report(Exception failure) => (Partitions() is [var first, ..] ? first.Node : run.Nodes[0]).OnCheckpointFailed(failure);

    private sealed record Opened(ICheckpointSession Session, Checkpoint Loaded);
}
