using Orleans.Runtime;
using Streamz.Dataflow.Orleans.Wire;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>The way from a coordinator to one worker. One that is lost is never used again: a worker that comes back gets a new one.</summary>
internal abstract class WorkerLink(SiloAddress silo, string name, int threads)
{
    private readonly HashSet<int> _defined = [];

    public SiloAddress Silo { get; } = silo;

    public string Name { get; } = name;

    public int Threads { get; } = threads;

    /// <summary>Whether the worker is in another process, so that values must be bytes.</summary>
    public abstract bool IsRemote { get; }

    /// <summary>Set under the gate of the coordinator, once.</summary>
    public bool IsLost { get; set; }

    /// <summary>How many results are awaited of the worker. Belongs to the gate of the coordinator.</summary>
    public int Awaited { get; set; }

    /// <summary>How busy the worker was when it last said so.</summary>
    public abstract WorkerLoad Load { get; }

    /// <summary>About how many bytes its values take, as far as is known here.</summary>
    public abstract long Bytes { get; }

    /// <summary>Completes when the worker has let go of values for any coordinator; null if it says so of itself.</summary>
    public virtual Task? WhenFreedAsync() => null;

    /// <summary>Hands an operation over; called under the gate of the coordinator, whose order is kept. Never waits.</summary>
    public abstract void Send(Operation operation);

    /// <summary>Hands over what is said of a value and needs nothing else: that it is wanted, released or called off. As <see cref="Send(Operation)"/>.</summary>
    public virtual void Send(OperationKind kind, long id) => Send(new Operation { Kind = kind, Id = id });

    /// <summary>Ends the link. Called under no gate.</summary>
    /// <param name="saysGoodbye">Whether the worker is told to forget the coordinator.</param>
    public abstract Task CloseAsync(bool saysGoodbye);

    /// <summary>Makes a function known to the worker, once. Called under the gate of the coordinator.</summary>
    /// <returns>Whether it was not known.</returns>
    public bool Define(PreparedFunction function)
    {
        if (!_defined.Add(function.Id))
        {
            return false;
        }

        Send(new Operation { Kind = OperationKind.Define, Id = 0, Function = function.Id, Name = function.Name, Definition = function.Reference });
        return true;
    }

    /// <summary>Has the worker forget a function, if it knows it. Called under the gate of the coordinator, when no computation has it.</summary>
    public void Forget(int function)
    {
        if (_defined.Remove(function))
        {
            Send(new Operation { Kind = OperationKind.Forget, Id = 0, Function = function });
        }
    }
}

/// <summary>The way to a worker in the same process: operations take effect at once, values go by reference.</summary>
internal sealed class LocalLink : WorkerLink, IOutcomeSink
{
    private readonly WorkerStore _store;
    private readonly WorkerSession _session;
    private readonly Coordinator _coordinator;

    public LocalLink(WorkerStore store, Coordinator coordinator)
        : base(store.Silo, store.Name, store.Threads)
    {
        _store = store;
        _coordinator = coordinator;
        _session = store.Open(coordinator.Id, this);
    }

    public override bool IsRemote => false;

    public override WorkerLoad Load => _store.Load;

    public override long Bytes => _store.Bytes;

    public override Task WhenFreedAsync() => _store.WhenFreedAsync();

    bool IOutcomeSink.IsRemote => false;

    void IOutcomeSink.Add(Outcome outcome) => _coordinator.OnOutcome(this, outcome);

    void IOutcomeSink.OnStopped() => _ = _coordinator.OnLostAsync(this, "its silo has been stopped");

    public override void Send(Operation operation) => _session.Apply(operation);

    public override void Send(OperationKind kind, long id) => _session.Apply(kind, id, null);

    public override Task CloseAsync(bool saysGoodbye)
    {
        _store.Close(_session);
        return Task.CompletedTask;
    }
}
