using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
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
        var input = Own(value).Result;
        return Start(new Work<TResult>(function.Name, input, () => function.Invoke(input.Result, cancellationToken), cancellationToken));
    }

    /// <inheritdoc/>
    public ClusterValue<TResult> Submit<T1, T2, TResult>(
        ClusterFunction<T1, T2, TResult> function,
        ClusterValue<T1> first,
        ClusterValue<T2> second,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var (one, other) = (Own(first).Result, Own(second).Result);
        return Start(new Work<TResult>(
            function.Name,
            one.IsCompletedSuccessfully && other.IsCompletedSuccessfully ? Task.CompletedTask : Task.WhenAll(one, other),
            () => function.Invoke(one.Result, other.Result, cancellationToken),
            cancellationToken));
    }

    /// <inheritdoc/>
    public ClusterValue<IReadOnlyList<T>> Collect<T>(IReadOnlyList<ClusterValue<T>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new Value<IReadOnlyList<T>>(CollectAsync(values.Select(value => Own(value, nameof(values)).Result).ToList()).MayBeAbandoned());

        static async Task<IReadOnlyList<T>> CollectAsync(List<Task<T>> results) => await Task.WhenAll(results).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ClusterValue<T> OrElse<T>(ClusterValue<T> value, ClusterValue<T> otherwise)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(otherwise);
        return new Value<T>(ChooseAsync(Own(value).Result, Own(otherwise).Result).MayBeAbandoned());

        static async Task<T> ChooseAsync(Task<T> wanted, Task<T> other)
        {
            await ((Task)wanted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await (wanted.IsCompletedSuccessfully ? wanted : other).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ClusterValue<T> Item<T>(ClusterValue<IReadOnlyList<T>> list, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new Value<T>(ChooseAsync(Own(list).Result, index).MayBeAbandoned());

        static async Task<T> ChooseAsync(Task<IReadOnlyList<T>> list, int index) => (await list.ConfigureAwait(false))[index];
    }

    /// <inheritdoc/>
    public ValueTask<T> GatherAsync<T>(ClusterValue<T> value, CancellationToken cancellationToken)
    {
        return TravelBackAsync(Own(value).Result);

        async ValueTask<T> TravelBackAsync(Task<T> result) => Travel(await result.WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Ends the workers after the functions that are running; what was not started fails.</summary>
    public void Dispose() => _queue.CompleteAdding();

    private static Value<T> Own<T>(ClusterValue<T> value, [CallerArgumentExpression(nameof(value))] string? parameter = null)
    {
        ArgumentNullException.ThrowIfNull(value, parameter);
        return value as Value<T> ?? throw new ArgumentException($"A value of {value.GetType().Name} was handed to a {nameof(LocalCluster)}; it belongs to another cluster.", parameter);
    }

    private Value<TResult> Start<TResult>(Work<TResult> work)
    {
        if (work.Ready.IsCompleted)
        {
            Enqueue(work);
        }
        else
        {
            _ = EnqueueWhenReadyAsync(work);
        }

        return new Value<TResult>(work.Result);
    }

    private async Task EnqueueWhenReadyAsync<TResult>(Work<TResult> work)
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

    /// <param name="name">The name of the function.</param>
    /// <param name="ready">Completes when the values that the function needs are there.</param>
    /// <param name="invoke">Calls the function.</param>
    /// <param name="cancellation">The token that the function was given.</param>
    private sealed class Work<TResult>(string name, Task ready, Func<ValueTask<TResult>> invoke, CancellationToken cancellation) : IWork
    {
        private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ready => ready;

        public Task<TResult> Result => _result.Task;

        public void Run(string worker)
        {
            if (!ready.IsCompletedSuccessfully)
            {
                // What made a value has failed: the same failure passes down the chain.
                Refuse(ready.Exception?.InnerException ?? new OperationCanceledException(cancellation));
                return;
            }

            try
            {
                var running = invoke();
                _result.SetResult(running.IsCompleted ? running.GetAwaiter().GetResult() : running.AsTask().GetAwaiter().GetResult());
            }
            catch (OperationCanceledException cancelled) when (cancellation.IsCancellationRequested)
            {
                Refuse(cancelled);
            }
            catch (Exception failure)
            {
                Refuse(new ClusterTaskException(name, worker, failure));
            }
        }

        public void Refuse(Exception reason)
        {
            _result.TrySetException(reason);

            // As with Handled.
            _ = _result.Task.Exception;
        }
    }
}
