using System.Diagnostics.CodeAnalysis;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// Saves how far the sources of a run are done: at an interval, after so many elements, and last when the run is over. One save at a time, for all
/// partitions that have moved.
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

    /// <summary>Takes up a partition of a source.</summary>
    public async ValueTask<SourcePartition> OpenAsync(NodeRun node, CheckpointKey key)
    {
        Task<Opened> opening;
        lock (_gate)
        {
            opening = _opening ??= Task.Run(OpenSessionAsync);
        }

        var opened = await opening.ConfigureAwait(true);
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

    /// <summary>An element is done. Called from any thread.</summary>
    public void OnCompleted()
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

    private async Task<Opened> OpenSessionAsync()
    {
        var session = await options.Store.OpenAsync(options.Pipeline, run.Stopping).ConfigureAwait(false);
        try
        {
            var loaded = await session.LoadAsync(run.Stopping).ConfigureAwait(false);
            if (options.Interval != Timeout.InfiniteTimeSpan)
            {
                _timer = run.TimeProvider.CreateTimer(
                    static state => ((CheckpointRun)state!).Request(), this, options.Interval, options.Interval);
            }

            return new Opened(session, loaded);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks for a save of what has moved by now.</summary>
    /// <returns>A task that completes when it was made, or has failed; it never fails itself.</returns>
    private Task Request()
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
        var moved = new List<(CheckpointedPartition Partition, long Position)>();
        lock (_gate)
        {
            foreach (var partition in _partitions)
            {
                if (partition.DoneUpTo is { } position && position != partition.SavedUpTo)
                {
                    moved.Add((partition, position));
                }
            }
        }

        if (moved.Count == 0)
        {
            return;
        }

        var session = (await _opening!.ConfigureAwait(false)).Session;
        var checkpoint = new Checkpoint { Positions = moved.ToDictionary(each => each.Partition.Key, each => each.Position) };
        if (await GuardAsync(session.SaveAsync(checkpoint, _giveUp.Token)).ConfigureAwait(false))
        {
            foreach (var (partition, position) in moved)
            {
                partition.SavedUpTo = position;
            }
        }
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
            NodeRun node;
            lock (_gate)
            {
                node = _partitions[0].Node;
            }

            node.OnCheckpointFailed(failure);
            return false;
        }
    }

    private sealed record Opened(ICheckpointSession Session, Checkpoint Loaded);
}
