using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Streamz.Dataflow;

/// <summary>A cluster inside the process: some threads that run functions, one at a time each.</summary>
/// <remarks>
/// Values are copied by serialisation on their way to the workers and back, as a real cluster does it, so that a pipeline that works here
/// works there; <see cref="LocalClusterOptions.ShareReferences"/> leaves that out. Workers are threads of their own: functions that block
/// do not keep the thread pool from its work. Disposing ends the workers after the functions that are running; what was not started fails.
/// </remarks>
public sealed class LocalCluster : ICluster, IDisposable
{
    private readonly LocalClusterOptions _options;
    private readonly BlockingCollection<IWork> _queue = [];
    private readonly Thread[] _workers;

    /// <summary>Starts the workers.</summary>
    /// <param name="workers">How many; one or more. The default is null: one for each processor.</param>
    /// <param name="options">Further settings.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is less than one.</exception>
    public LocalCluster(int? workers = null, LocalClusterOptions? options = null)
    {
        var count = workers ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(workers));
        _options = options ?? new LocalClusterOptions();
        _workers = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"worker {i + 1}");
            _workers[i] = new Thread(() => Serve(name)) { IsBackground = true, Name = name };
            _workers[i].UnsafeStart();
        }
    }

    /// <summary>How many functions can run at once.</summary>
    public int Workers => _workers.Length;

    /// <inheritdoc/>
    public ValueTask<ClusterValue<T>> ScatterAsync<T>(T value, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_queue.IsAddingCompleted, this);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<ClusterValue<T>>(cancellationToken)
            : new ValueTask<ClusterValue<T>>(new Value<T>(Task.FromResult(Travel(value))));
    }

    /// <inheritdoc/>
    public ClusterValue<TResult> Submit<T, TResult>(ClusterFunction<T, TResult> function, ClusterValue<T> value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        var work = new Work<T, TResult>(function, Own(value).Result, cancellationToken);
        if (work.IsReady)
        {
            Enqueue(work);
        }
        else
        {
            _ = EnqueueWhenReadyAsync(work);
        }

        return new Value<TResult>(work.Result);
    }

    /// <inheritdoc/>
    public ValueTask<T> GatherAsync<T>(ClusterValue<T> value, CancellationToken cancellationToken)
    {
        return TravelBackAsync(Own(value).Result);

        async ValueTask<T> TravelBackAsync(Task<T> result) => Travel(await result.WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Ends the workers after the functions that are running; what was not started fails.</summary>
    public void Dispose() => _queue.CompleteAdding();

    private static Value<T> Own<T>(ClusterValue<T> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value as Value<T> ?? throw new ArgumentException($"A value of {value.GetType().Name} was handed to a {nameof(LocalCluster)}; it belongs to another cluster.", nameof(value));
    }

    private async Task EnqueueWhenReadyAsync<T, TResult>(Work<T, TResult> work)
    {
        await work.Ready.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Enqueue(work);
    }

    private void Enqueue(IWork work)
    {
        try
        {
            _queue.Add(work);
        }
        catch (InvalidOperationException)
        {
            work.Refuse(new ObjectDisposedException(nameof(LocalCluster)));
        }
    }

    private void Serve(string name)
    {
        foreach (var work in _queue.GetConsumingEnumerable())
        {
            if (_queue.IsAddingCompleted)
            {
                work.Refuse(new ObjectDisposedException(nameof(LocalCluster)));
            }
            else
            {
                work.Run(name);
            }
        }
    }

    private T Travel<T>(T value)
    {
        if (_options.ShareReferences)
        {
            return value;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(JsonSerializer.SerializeToUtf8Bytes(value, _options.Serializer), _options.Serializer)!;
        }
        catch (Exception failure) when (failure is NotSupportedException or JsonException)
        {
            throw new NotSupportedException(
                $"A value of type {typeof(T)} cannot travel to a worker: {failure.Message} Scatter plain data, give LocalClusterOptions.Serializer a converter, or set ShareReferences.", failure);
        }
    }

    private sealed class Value<T>(Task<T> result) : ClusterValue<T>
    {
        public Task<T> Result { get; } = result;
    }

    private interface IWork
    {
        void Run(string worker);

        void Refuse(Exception reason);
    }

    private sealed class Work<T, TResult>(ClusterFunction<T, TResult> function, Task<T> input, CancellationToken cancellation) : IWork
    {
        private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsReady => input.IsCompleted;

        public Task Ready => input;

        public Task<TResult> Result => _result.Task;

        public void Run(string worker)
        {
            if (!input.IsCompletedSuccessfully)
            {
                // What made the input has failed: the same failure passes down the chain.
                Refuse(input.Exception?.InnerException ?? new OperationCanceledException(cancellation));
                return;
            }

            try
            {
                var running = function.Invoke(input.Result, cancellation);
                _result.SetResult(running.IsCompleted ? running.GetAwaiter().GetResult() : running.AsTask().GetAwaiter().GetResult());
            }
            catch (OperationCanceledException cancelled) when (cancellation.IsCancellationRequested)
            {
                Refuse(cancelled);
            }
            catch (Exception failure)
            {
                Refuse(new ClusterTaskException(function.Name, worker, failure));
            }
        }

        public void Refuse(Exception reason)
        {
            _result.TrySetException(reason);

            // Gathered or not, it was handled: results that are abandoned must not raise unobserved exceptions.
            _ = _result.Task.Exception;
        }
    }
}
