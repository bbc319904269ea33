namespace Streamz.Dataflow.Testing;

/// <summary>The sink behind a source under test: notes what it is given, may be held, and may fail.</summary>
internal sealed class SourceProbe<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _written = [];
    private readonly List<(int Count, TaskCompletionSource Done)> _waiters = [];
    private TaskCompletionSource? _shut;
    private int _arrived;

    /// <summary>Whether each write throws.</summary>
    public bool Fails { get; set; }

    public List<T> Written()
    {
        lock (_gate)
        {
            return [.. _written];
        }
    }

    public void ShutGate() => Volatile.Write(ref _shut, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void OpenGate() => Volatile.Read(ref _shut)?.TrySetResult();

    /// <summary>Completes when so many elements in all have come to the gate.</summary>
    public Task WhenArrivedAsync(int count)
    {
        lock (_gate)
        {
            if (_arrived >= count)
            {
                return Task.CompletedTask;
            }

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, done));
            return done.Task;
        }
    }

    public async ValueTask WriteAsync(T value)
    {
        lock (_gate)
        {
            _arrived++;
            foreach (var (_, done) in _waiters.Where(waiter => waiter.Count <= _arrived))
            {
                done.TrySetResult();
            }

            _waiters.RemoveAll(waiter => waiter.Count <= _arrived);
        }

        if (Volatile.Read(ref _shut) is { } shut)
        {
            await shut.Task.ConfigureAwait(false);
        }

        if (Fails)
        {
            throw new LawTestException();
        }

        lock (_gate)
        {
            _written.Add(value);
        }
    }
}
