using System.Collections.Concurrent;
using System.Globalization;
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
/// The worker of a silo: sessions of coordinators, and threads that run their functions. Functions never run on the thread pool, which belongs to the engine:
/// one that blocks there would make a healthy silo look dead.
/// </summary>
internal sealed class WorkerStore : IDisposable
{
    /// <summary>How long to wait before another worker is asked again that could not be reached.</summary>
    public static readonly TimeSpan FetchRetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Guid, WorkerSession> _sessions = new();
    private readonly BlockingCollection<Entry> _ready = [];
    private readonly IGrainFactory _grains;
    private readonly ILogger _logger;
    private long _values;
    private long _bytes;
    private long _completed;
    private int _running;

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
        _logger = logger;
        for (var i = 0; i < Threads; i++)
        {
            new Thread(Serve) { IsBackground = true, Name = string.Create(CultureInfo.InvariantCulture, $"streamz worker {i + 1}") }.UnsafeStart();
        }
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

    public WorkerLoad Load => new()
    {
        Values = Interlocked.Read(ref _values),
        Bytes = Interlocked.Read(ref _bytes),
        Queued = _ready.Count,
        Running = Volatile.Read(ref _running),
        Completed = Interlocked.Read(ref _completed),
    };

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

    public void CountValues(int difference) => Interlocked.Add(ref _values, difference);

    public void CountBytes(long difference) => Interlocked.Add(ref _bytes, difference);

    /// <summary>Has a function run as soon as a thread is free.</summary>
    public void Enqueue(Entry entry)
    {
        try
        {
            _ready.Add(entry);
        }
        catch (InvalidOperationException)
        {
            // The worker has been stopped: its coordinators find out by its silence.
        }
    }

    /// <summary>Ends the threads after the functions that are running.</summary>
    public void Dispose()
    {
        _ready.CompleteAdding();
        foreach (var session in _sessions.Values)
        {
            session.Close();
        }
    }

    private void Serve()
    {
        var cancellation = new CancellationTokenSource();
        foreach (var entry in _ready.GetConsumingEnumerable())
        {
            if (!entry.Session.TryBegin(entry, cancellation))
            {
                continue;
            }

            Interlocked.Increment(ref _running);
            var (value, failure) = Run(entry, cancellation.Token);
            Interlocked.Decrement(ref _running);
            Interlocked.Increment(ref _completed);
            try
            {
                entry.Session.Finish(entry, value, failure);
            }
            catch (Exception unforeseen)
            {
                WorkerLog.ReportFailed(_logger, unforeseen, Name);
            }

            if (!cancellation.TryReset())
            {
                cancellation.Dispose();
                cancellation = new CancellationTokenSource();
            }
        }

        cancellation.Dispose();
    }

    private (Cell? Value, Failure? Failure) Run(Entry entry, CancellationToken cancellation)
    {
        var function = entry.Function!;
        using var activity = WorkerActivity.Start(function.Name, Name, entry.TraceParent);
        try
        {
            return (function.Invoker!.Invoke(entry.Inputs, entry.Index, Values, cancellation), null);
        }
        catch (Exception thrown)
        {
            WorkerActivity.Fail(activity, thrown);
            return (null, Fail(function.Name, thrown));
        }
    }
}
