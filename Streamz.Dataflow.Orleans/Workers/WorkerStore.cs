using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;
using Streamz.Dataflow.Orleans.Functions;
using Streamz.Dataflow.Orleans.Values;
using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>
/// The worker of a silo: sessions of coordinators, threads that run their functions, and what all of them have in common.
/// </summary>
internal sealed class WorkerStore : IDisposable
{
    /// <summary>How long to wait before another worker is asked again that could not be reached.</summary>
    public static readonly TimeSpan FetchRetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Guid, WorkerSession> _sessions = new();
    private readonly IGrainFactory _grains;
    private TaskCompletionSource? _freed;
    private long _values;
    private long _bytes;

    public WorkerStore(
        ILocalSiloDetails silo,
        IGrainFactory grains,
        Serializer serializer,
        IOptions<StreamzWorkerOptions> options,
        IOptions<SiloMessagingOptions> messaging,
        TimeProvider time,
        ILogger<WorkerStore> logger)
    {
        var settings = options.Value;
        Name = settings.Name ?? silo.SiloAddress.ToString();
        Silo = silo.SiloAddress;
        Threads = settings.Threads;
        Time = time;
        MaxMessageBytes = messaging.Value.MaxMessageBodySize - 4_096;
        Values = new ValueSerializer(serializer, settings.JsonTypes);
        Failures = new FailureSerializer(serializer);
        Functions = new FunctionResolver(Values, new TrustedAssemblies(settings.TrustedAssemblies));
        ForgetAfter = settings.ForgetCoordinatorAfter;
        _grains = grains;
        Runner = new FunctionRunner(this, logger);
    }

    public string Name { get; }

    public SiloAddress Silo { get; }

    public int Threads { get; }

    public TimeProvider Time { get; }

    public ValueSerializer Values { get; }

    public FailureSerializer Failures { get; }

    public FunctionResolver Functions { get; }

    public TimeSpan ForgetAfter { get; }

    /// <summary>How many bytes a value may take that goes to another process.</summary>
    public int MaxMessageBytes { get; }

    public FunctionRunner Runner { get; }

    /// <summary>About how many bytes the values take that are here.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public WorkerLoad Load
    {
        get
        {
            lock (Runner.Gate)
            {
                return new WorkerLoad { Values = _values, Bytes = _bytes, Queued = Runner.Queued, Running = Runner.Running, Completed = Runner.Completed };
            }
        }
    }

    /// <summary>Begins a session, and ends one that the coordinator had before.</summary>
    public WorkerSession Open(Guid coordinator, IOutcomeSink sink)
    {
        var session = new WorkerSession(this, coordinator, sink);
        if (_sessions.TryGetValue(coordinator, out var before))
        {
            before.Close();
        }

        _sessions[coordinator] = session;
        return session;
    }

    /// <summary>Ends a session, unless another has taken its place.</summary>
    public void Close(WorkerSession session)
    {
        if (_sessions.TryRemove(new KeyValuePair<Guid, WorkerSession>(session.Coordinator, session)))
        {
            session.Close();
        }
    }

    /// <summary>Asks another worker for a value.</summary>
    public Task<Outcome?> FetchAsync(SiloAddress worker, Guid coordinator, long id) =>
        _grains.GetGrain<IWorkerService>(WorkerAddress.On(worker)).FetchAsync(coordinator, id);

    /// <summary>Gives a value to another worker.</summary>
    /// <returns>What became of it; null if it is not there within the time.</returns>
    public async Task<Outcome?> GiveAsync(Guid coordinator, long id, TimeSpan patience)
    {
        if (_sessions.TryGetValue(coordinator, out var session))
        {
            return await session.FetchAsync(id, patience).ConfigureAwait(false);
        }

        // The coordinator may not have greeted this worker yet.
        await Task.Delay(FetchRetryDelay, Time).ConfigureAwait(false);
        return null;
    }

    public Failure Fail(string function, Exception thrown) => new() { Function = function, Worker = Name, Thrown = thrown };

    /// <summary>Counts a value that has come or gone. Called under the gate of the worker.</summary>
    public void CountValues(int difference) => _values += difference;

    /// <summary>Counts what a value takes that is there, or has gone. Called under the gate of the worker.</summary>
    public void CountBytes(long difference)
    {
        Volatile.Write(ref _bytes, _bytes + difference);
        if (difference < 0)
        {
            _freed?.TrySetResult();
            _freed = null;
        }
    }

    /// <summary>Completes when the values here take less than now, whoever has let go of one.</summary>
    public Task WhenFreedAsync()
    {
        lock (Runner.Gate)
        {
            return (_freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Ends the threads after the functions that are running.</summary>
    public void Dispose()
    {
        Runner.Dispose();
        foreach (var session in _sessions.Values)
        {
            session.Close();
            session.Sink.OnStopped();
        }
    }
}
