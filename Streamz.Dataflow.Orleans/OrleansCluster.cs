using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Streamz.Dataflow.Orleans.Coordination;
using Streamz.Dataflow.Orleans.Functions;
using Streamz.Dataflow.Orleans.Membership;
using Streamz.Dataflow.Orleans.Processes;
using Streamz.Dataflow.Orleans.Values;
using Streamz.Dataflow.Orleans.Wire;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow;

/// <summary>
/// A cluster on Microsoft Orleans: functions between Scatter and Gather run on workers in this process, in others and on other machines, and the values stay there in
/// between. When a worker is lost, what it had is made again elsewhere from what was scattered, so that every value is gathered once and in order; functions may
/// run more than once and should have no effects of their own.
/// </summary>
/// <remarks>
/// <para>
/// Functions travel as the identity of a method and what they capture, copied when the graph is built; workers run only code that they have loaded themselves, from
/// assemblies that they were told to trust. Static fields are the worker's own.
/// </para>
/// <para>The engine authenticates nobody: its network must be private. What <see cref="StartAsync"/> starts listens on the loopback address only.</para>
/// </remarks>
public sealed class OrleansCluster : ICluster, IClusterStates, IAsyncDisposable
{
    private readonly Coordinator _coordinator;
    private readonly WorkerWatch _watch;
    private readonly ClusterMetrics _metrics;
    private readonly bool _mayLeaveProcess;
    private LaunchedCluster? _launched;
    private int _hasEnded;

    private OrleansCluster(IServiceProvider services, OrleansClusterOptions options, bool mayLeaveProcess)
    {
        var serializer = services.GetRequiredService<Serializer>();
        var grains = services.GetRequiredService<IGrainFactory>();
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger<OrleansCluster>();
        var values = new ValueSerializer(serializer, options.JsonTypes);
        _mayLeaveProcess = mayLeaveProcess || options.SerializeInProcess;
        _coordinator = new Coordinator(values, new FunctionPacker(values, _mayLeaveProcess ? options.MaxMessageBytes : int.MaxValue), new FailureSerializer(serializer), options, time, logger);
        IMembership membership = services.GetService<IClusterMembershipService>() is { } members
            ? new SiloMembership(members)
            : new ClientMembership(grains, time, logger);
        _watch = new WorkerWatch(membership, grains, services.GetService<ILocalSiloDetails>()?.SiloAddress, services.GetService<WorkerStore>(), _coordinator, time, logger);
        _metrics = new ClusterMetrics(this);
        _watch.Start();
    }

    /// <summary>How many workers are there now.</summary>
    public int Workers => _coordinator.Links().Count;

    /// <summary>Starts a cluster on this machine, which ends when it is disposed: a silo in this process, and as many further processes as asked for.</summary>
    /// <param name="configure">Changes the settings.</param>
    /// <param name="cancellationToken">Stops the waiting for the workers.</param>
    /// <returns>The cluster, when all of its workers are there.</returns>
    /// <exception cref="ArgumentException">A setting is wrong; the message lists all that are.</exception>
    /// <exception cref="ClusterUnavailableException">A worker has ended, or has not come in time.</exception>
    /// <exception cref="InvalidOperationException">This process was started as a worker, and has not handed its arguments to <see cref="StreamzWorker.RunAsync"/>.</exception>
    public static async Task<OrleansCluster> StartAsync(Action<OrleansLaunchOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new OrleansLaunchOptions();
        configure?.Invoke(options);
        Refuse(options.Faults(), nameof(configure));
        if (WorkerArguments.AreIn(Environment.GetCommandLineArgs()) && !StreamzWorker.HasBegun)
        {
            // It would start workers of its own, and so would each of these.
            throw new InvalidOperationException(
                $"This process was started as a worker of a cluster, but starts one itself. Let the program begin with: if ({nameof(StreamzWorker)}.{nameof(StreamzWorker.IsWorker)}(args)) {{ await {nameof(StreamzWorker)}.{nameof(StreamzWorker.RunAsync)}(args); return; }}");
        }

        var launched = await LaunchedCluster.StartAsync(options, cancellationToken).ConfigureAwait(false);
        OrleansCluster? cluster = null;
        try
        {
            cluster = new OrleansCluster(launched.Services, options.Cluster, mayLeaveProcess: options.Processes > 0) { _launched = launched };
            await launched.StartWorkersAsync(options.Processes, cluster._coordinator, cancellationToken).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            IAsyncDisposable started = cluster is null ? launched : cluster;
            await started.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes part in a cluster that the program is a silo or a client of.</summary>
    /// <param name="services">The services of the program, in which Orleans is registered.</param>
    /// <param name="options">The settings; the default is null: the default settings.</param>
    /// <returns>The cluster. Workers are found as soon as Orleans has started; until then scattering waits.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting is wrong; the message lists all that are.</exception>
    public static OrleansCluster Connect(IServiceProvider services, OrleansClusterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new OrleansClusterOptions();
        Refuse(options.Faults(), nameof(options));
        return new OrleansCluster(services, options, mayLeaveProcess: true);
    }

    /// <summary>Starts one more worker process, for a cluster that <see cref="StartAsync"/> has started with processes.</summary>
    /// <param name="cancellationToken">Stops the waiting for the worker.</param>
    /// <returns>A task that completes when the worker is there.</returns>
    /// <exception cref="InvalidOperationException">The workers of this cluster are not processes that it has started.</exception>
    /// <exception cref="ClusterUnavailableException">The worker has ended, or has not come in time.</exception>
    public Task AddWorkerAsync(CancellationToken cancellationToken = default) =>
        _launched is not null && _mayLeaveProcess
            ? _launched.StartWorkersAsync(1, _coordinator, cancellationToken)
            : throw new InvalidOperationException("Only a cluster that StartAsync has started with Processes can start more of them. Start a silo with AddStreamzWorker instead.");

    ClusterSnapshot? ICluster.GetSnapshot() => GetSnapshot();

    /// <summary>Says what the workers have and do now.</summary>
    /// <returns>The snapshot, by worker.</returns>
    public ClusterSnapshot GetSnapshot() => new(
        [.. _coordinator.Links().Select(link => (link, link.Load)).Select(pair => new ClusterWorkerSnapshot(
            pair.link.Name, pair.link.Threads, pair.link.IsRemote, pair.Load.Values, pair.Load.Bytes, pair.Load.Queued, pair.Load.Running, pair.Load.Completed))],
        _coordinator.Lost,
        _coordinator.Recomputed);

    /// <inheritdoc/>
    public string? Objection(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return _mayLeaveProcess ? _coordinator.Values.Objection(type) : null;
    }

    /// <inheritdoc/>
    public void Prepare<T, TResult>(ClusterFunction<T, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _coordinator.Prepare(function, function.Invoke, function.Name);
    }

    /// <inheritdoc/>
    public void Prepare<T1, T2, TResult>(ClusterFunction<T1, T2, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _coordinator.Prepare(function, function.Invoke, function.Name);
    }

    /// <inheritdoc/>
    public async ValueTask<ClusterValue<T>> ScatterAsync<T>(T value, CancellationToken cancellationToken) =>
        new RemoteValue<T>(_coordinator, await _coordinator.ScatterAsync(new Cell<T>(value), requiresRoom: true, cancellationToken).ConfigureAwait(false));

    async ValueTask<ClusterValue<T>> IClusterStates.ScatterStateAsync<T>(T state, CancellationToken cancellationToken) =>
        new RemoteValue<T>(_coordinator, await _coordinator.ScatterAsync(new Cell<T>(state), requiresRoom: false, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public ClusterValue<TResult> Submit<T, TResult>(ClusterFunction<T, TResult> function, ClusterValue<T> value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(value);
        return Make<TResult>(OperationKind.Run, _coordinator.Prepare(function, function.Invoke, function.Name), [Own(value)], 0, cancellationToken);
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
        return Make<TResult>(
            OperationKind.Run, _coordinator.Prepare(function, function.Invoke, function.Name), [Own(first), Own(second)], 0, cancellationToken);
    }

    /// <inheritdoc/>
    public ClusterValue<IReadOnlyList<T>> Collect<T>(IReadOnlyList<ClusterValue<T>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var inputs = new Computation[values.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = Own(values[i]);
        }

        return Make<IReadOnlyList<T>>(OperationKind.RunOnAll, Structure<T>.Collect(_coordinator), inputs, 0, CancellationToken.None);
    }

    /// <inheritdoc/>
    public ClusterValue<T> Item<T>(ClusterValue<IReadOnlyList<T>> list, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Make<T>(OperationKind.RunAtIndex, Structure<T>.Item(_coordinator), [Own(list)], index, CancellationToken.None);
    }

    /// <inheritdoc/>
    public ClusterValue<T> OrElse<T>(ClusterValue<T> value, ClusterValue<T> otherwise)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(otherwise);
        return Make<T>(OperationKind.OrElse, null, [Own(value), Own(otherwise)], 0, CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Ask<T>(ClusterValue<T> value) => _coordinator.Want(Own(value));

    /// <inheritdoc/>
    public void Save<T>(ClusterValue<T> value) => _coordinator.Save(Own(value));

    /// <inheritdoc/>
    public ValueTask<T> GatherAsync<T>(ClusterValue<T> value, CancellationToken cancellationToken) =>
        _coordinator.GatherAsync<T>(Own(value), cancellationToken);

    /// <summary>
    /// Leaves the cluster; one that <see cref="StartAsync"/> has started ends with all of its processes. What is waited for fails, and workers forget the values.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        _metrics.Dispose();
        await _watch.DisposeAsync().ConfigureAwait(false);
        await _coordinator.DisposeAsync().ConfigureAwait(false);
        if (_launched is not null)
        {
            await _launched.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The processes that the cluster has started, for tests that harm them.</summary>
    internal IReadOnlyList<WorkerProcess> Processes => _launched?.Processes ?? [];

    internal Coordinator Coordinator => _coordinator;

    private static void Refuse(IEnumerable<string> faults, string parameter)
    {
        var all = faults.ToList();
        if (all.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, all), parameter);
        }
    }

    private RemoteValue<T> Make<T>(OperationKind kind, PreparedFunction? function, Computation[] inputs, int index, CancellationToken cancellation) =>
        new(_coordinator, _coordinator.Submit(kind, function, inputs, index, cancellation));

    private Computation Own<T>(ClusterValue<T> value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string? parameter = null)
    {
        ArgumentNullException.ThrowIfNull(value, parameter);
        return value is RemoteValue<T> own && own.Coordinator == _coordinator
            ? own.Computation
            : throw new ArgumentException($"A value of {value.GetType().Name} was handed to an {nameof(OrleansCluster)} that it does not belong to.", parameter);
    }

    /// <summary>The functions that take lists apart and put them together.</summary>
    private static class Structure<T>
    {
        private static readonly Func<T[], CancellationToken, ValueTask<IReadOnlyList<T>>> s_collect = ClusterFunctions.Collect;
        private static readonly Func<IReadOnlyList<T>, int, CancellationToken, ValueTask<T>> s_item = ClusterFunctions.Item;

        public static PreparedFunction Collect(Coordinator coordinator) => coordinator.Prepare(s_collect, s_collect, "collect");

        public static PreparedFunction Item(Coordinator coordinator) => coordinator.Prepare(s_item, s_item, "item");
    }
}
