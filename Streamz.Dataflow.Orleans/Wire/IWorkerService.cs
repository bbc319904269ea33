using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Services;

namespace Streamz.Dataflow.Orleans.Wire;

/// <summary>
/// A worker, as coordinators and other workers see it. No call lasts much longer than half a second, whatever the functions of users do: results are asked for again
/// and again.
/// </summary>
[Alias("streamz.worker")]
internal interface IWorkerService : IGrainService
{
    /// <summary>Begins to work for a coordinator, with nothing left of what it may have known of it.</summary>
    /// <param name="coordinator">The coordinator.</param>
    /// <param name="link">The way from the coordinator to this worker: what comes late from an earlier one is for nobody.</param>
    [ResponseTimeout("00:00:05")]
    [Alias("hello")]
    Task<WorkerIntroduction> HelloAsync(Guid coordinator, Guid link);

    /// <summary>Takes operations, which take effect in their order. A batch that has been taken before has no effect.</summary>
    /// <param name="coordinator">The coordinator.</param>
    /// <param name="link">The way that they come by.</param>
    /// <param name="batch">The number of the batch, one more than that of the one before.</param>
    /// <param name="operations">The operations.</param>
    /// <returns>Whether they were taken; false if the worker does not know the coordinator, or a batch in front of it is missing.</returns>
    [ResponseTimeout("00:01:00")]
    [Alias("submit")]
    Task<bool> SubmitAsync(Guid coordinator, Guid link, long batch, [Immutable] Operation[] operations);

    /// <summary>Waits up to half a second for outcomes.</summary>
    /// <param name="coordinator">The coordinator.</param>
    /// <param name="link">The way that they go by.</param>
    /// <param name="acknowledged">The number of the last report that has arrived: the one behind it is given again until it has.</param>
    [ResponseTimeout("00:01:00")]
    [Alias("collect")]
    Task<WorkerReport> CollectAsync(Guid coordinator, Guid link, long acknowledged);

    /// <summary>Gives a value to another worker, waiting for it up to half a second.</summary>
    /// <param name="coordinator">The coordinator that the value belongs to.</param>
    /// <param name="id">The value.</param>
    /// <returns>What became of the value; null if it is not there yet.</returns>
    [ResponseTimeout("00:00:30")]
    [Alias("fetch")]
    Task<Outcome?> FetchAsync(Guid coordinator, long id);

    /// <summary>Forgets a coordinator and all that it has here.</summary>
    /// <param name="coordinator">The coordinator.</param>
    /// <param name="link">The way that it goes.</param>
    [ResponseTimeout("00:00:03")]
    [Alias("goodbye")]
    Task GoodbyeAsync(Guid coordinator, Guid link);
}

/// <summary>Where the worker of a silo is found.</summary>
internal static class WorkerAddress
{
    private static readonly int s_typeCode = (int)StableHash.ComputeHash(global::Orleans.Serialization.TypeSystem.RuntimeTypeNameFormatter.Format(typeof(IWorkerService)));

    /// <summary>The identity of the worker of a silo, which both workers and clients can address.</summary>
    public static GrainId On(SiloAddress silo) => SystemTargetGrainId.CreateGrainServiceGrainId(s_typeCode, null!, silo);
}
