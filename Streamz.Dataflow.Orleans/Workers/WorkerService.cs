using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>The worker of a silo, as the engine reaches it. It only hands calls to the store: nothing here may take long.</summary>
[Reentrant]
internal sealed class WorkerService(GrainId id, Silo silo, ILoggerFactory loggers, WorkerStore store) : GrainService(id, silo, loggers), IWorkerService
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Guid, RemoteSession> _sessions = new();
    private readonly ILogger _logger = loggers.CreateLogger<WorkerService>();
    private ITimer? _watch;

    public override Task Start()
    {
        _watch = store.Time.CreateTimer(_ => ForgetSilent(), null, store.ForgetAfter / 4, store.ForgetAfter / 4);
        return base.Start();
    }

    public override async Task Stop()
    {
        if (_watch is not null)
        {
            await _watch.DisposeAsync().ConfigureAwait(true);
        }

        foreach (var session in _sessions.Values)
        {
            store.Close(session.Session);
        }

        await base.Stop().ConfigureAwait(true);
    }

    public Task<WorkerIntroduction> HelloAsync(Guid coordinator, Guid link)
    {
        var outbox = new Outbox(store);
        _sessions[coordinator] = new RemoteSession(link, store.Open(coordinator, outbox), outbox) { LastHeard = store.Time.GetTimestamp() };
        WorkerLog.SessionOpened(_logger, store.Name, coordinator);
        return Task.FromResult(new WorkerIntroduction { Name = store.Name, Threads = store.Threads });
    }

    public Task<bool> SubmitAsync(Guid coordinator, Guid link, long batch, Operation[] operations) =>
        Task.FromResult(Find(coordinator, link) is { } session && session.Session.Apply(batch, operations));

    public Task<WorkerReport> CollectAsync(Guid coordinator, Guid link, long acknowledged) =>
        Find(coordinator, link) is { } session
            ? session.Outbox.CollectAsync(acknowledged, s_patience)
            : Task.FromResult(new WorkerReport { Number = 0, Outcomes = [], Load = store.Load, IsStranger = true });

    public Task<Outcome?> FetchAsync(Guid coordinator, long id) => store.GiveAsync(coordinator, id, s_patience);

    public Task GoodbyeAsync(Guid coordinator, Guid link)
    {
        if (Find(coordinator, link) is { } session && _sessions.TryRemove(new KeyValuePair<Guid, RemoteSession>(coordinator, session)))
        {
            store.Close(session.Session);
        }

        return Task.CompletedTask;
    }

    private RemoteSession? Find(Guid coordinator, Guid link)
    {
        if (!_sessions.TryGetValue(coordinator, out var session) || session.Link != link)
        {
            return null;
        }

        session.LastHeard = store.Time.GetTimestamp();
        return session;
    }

    private void ForgetSilent()
    {
        foreach (var (coordinator, session) in _sessions)
        {
            var silence = store.Time.GetElapsedTime(session.LastHeard);
            if (silence >= store.ForgetAfter && _sessions.TryRemove(new KeyValuePair<Guid, RemoteSession>(coordinator, session)))
            {
                WorkerLog.SessionForgotten(_logger, store.Name, coordinator, silence);
                store.Close(session.Session);
            }
        }
    }

    private sealed class RemoteSession(Guid link, WorkerSession session, Outbox outbox)
    {
        private long _lastHeard;

        public Guid Link => link;

        public WorkerSession Session => session;

        public Outbox Outbox => outbox;

        public long LastHeard
        {
            get => Volatile.Read(ref _lastHeard);
            set => Volatile.Write(ref _lastHeard, value);
        }
    }
}
