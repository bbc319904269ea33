using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Streamz.Dataflow.Tests.Sources;

/// <summary>Keeps what is logged of one event, and tells when something is.</summary>
internal sealed class CapturedLog(int eventOfInterest) : ILoggerFactory, ILogger
{
    private readonly SemaphoreSlim _untold = new(0);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<(LogLevel Level, string Text, Exception? Failure)> Entries { get; } = [];

    /// <summary>Completes with the first entry.</summary>
    public Task First => _first.Task;

    /// <summary>Completes with an entry of which no earlier call has told.</summary>
    public Task NextAsync() => _untold.WaitAsync();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == eventOfInterest)
        {
            Entries.Enqueue((logLevel, formatter(state, exception), exception));
            _first.TrySetResult();
            _untold.Release();
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose() => _untold.Dispose();
}
