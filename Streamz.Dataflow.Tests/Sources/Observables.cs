namespace Streamz.Dataflow.Tests.Sources;

/// <summary>Gives its elements to each observer before its Subscribe returns.</summary>
internal sealed class GivingObservable<T>(Action<IObserver<T>> give) : IObservable<T>, IDisposable
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        give(observer);
        return this;
    }

    public void Dispose()
    {
    }
}

/// <summary>Gives what the test says to the observer that is subscribed, and tells when one has come or gone.</summary>
internal sealed class HotObservable<T> : IObservable<T>, IDisposable
{
    private readonly TaskCompletionSource<IObserver<T>> _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whoever is subscribed first.</summary>
    public Task<IObserver<T>> Subscribed => _subscribed.Task;

    /// <summary>Completes when a subscription is disposed.</summary>
    public Task Disposed => _disposed.Task;

    public IDisposable Subscribe(IObserver<T> observer)
    {
        _subscribed.TrySetResult(observer);
        return this;
    }

    public void Dispose() => _disposed.TrySetResult();
}
