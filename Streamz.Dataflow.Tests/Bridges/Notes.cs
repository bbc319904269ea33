namespace Streamz.Dataflow.Tests.Bridges;

/// <summary>An observer that writes down what it is told, and finds calls that overlap or come after the end.</summary>
internal sealed class Notes<T>(Action<T>? onNext = null) : IObserver<T>
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;

    public List<T> Seen { get; } = [];

    public Exception? Error { get; private set; }

    public List<string> Violations { get; } = [];

    public Task Ended => _ended.Task;

    public void OnNext(T value) => Call("OnNext", () =>
    {
        Seen.Add(value);
        onNext?.Invoke(value);
    });

    public void OnError(Exception error)
    {
        Call("OnError", () => Error = error);
        _ended.TrySetResult();
    }

    public void OnCompleted()
    {
        Call("OnCompleted", () => { });
        _ended.TrySetResult();
    }

    private void Call(string name, Action call)
    {
        if (Interlocked.Increment(ref _inside) > 1)
        {
            Violations.Add($"{name} overlaps");
        }

        if (_ended.Task.IsCompleted)
        {
            Violations.Add($"{name} after the end");
        }

        try
        {
            call();
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
