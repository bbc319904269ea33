namespace Streamz.Dataflow;

/// <summary>Keeps checkpoints as long as the process lives: for tests, and to go on after a stop or a fault. Safe for concurrent callers.</summary>
public sealed class InMemoryCheckpointStore : ICheckpointStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = [];

    /// <inheritdoc/>
    public ValueTask<ICheckpointSession> OpenAsync(string pipeline, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(pipeline);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_sessions.TryGetValue(pipeline, out var session))
            {
                _sessions.Add(pipeline, session = new Session(_gate));
            }

            if (session.IsOpen)
            {
                throw new CheckpointInUseException(
                    $"The checkpoints of the pipeline '{pipeline}' are in use by another run. Let that one end first, or give this one another name.");
            }

            session.IsOpen = true;
            return new ValueTask<ICheckpointSession>(session);
        }
    }

    private sealed class Session(Lock gate) : ICheckpointSession
    {
        private readonly Dictionary<CheckpointKey, long> _positions = [];
        private readonly Dictionary<string, ReadOnlyMemory<byte>> _states = [];

        public bool IsOpen { get; set; }

        public ValueTask<Checkpoint> LoadAsync(CancellationToken cancellationToken)
        {
            lock (gate)
            {
                return new ValueTask<Checkpoint>(new Checkpoint
                {
                    Positions = new Dictionary<CheckpointKey, long>(_positions),
                    States = new Dictionary<string, ReadOnlyMemory<byte>>(_states),
                });
            }
        }

        public ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(checkpoint);
            lock (gate)
            {
                foreach (var (key, position) in checkpoint.Positions)
                {
                    _positions[key] = position;
                }

                foreach (var (key, state) in checkpoint.States)
                {
                    // A copy: the owner may use its buffer again.
                    _states[key] = state.ToArray();
                }
            }

            return default;
        }

        public ValueTask DisposeAsync()
        {
            lock (gate)
            {
                IsOpen = false;
            }

            return default;
        }
    }
}
