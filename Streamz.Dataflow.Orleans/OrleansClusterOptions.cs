namespace Streamz.Dataflow;

/// <summary>The settings of an <see cref="OrleansCluster"/>, for the program that builds pipelines.</summary>
public sealed class OrleansClusterOptions
{
    /// <summary>How long scattering and functions wait for a worker when there is none, before they fail.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan NoWorkersTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many workers may be lost, one after the other, while they had the same thing to do, before it fails with a <see cref="WorkerLostException"/>: it may be what ends
    /// them, by a stack overflow, want of memory or native code, and the next worker would end, too.
    /// </summary>
    /// <value>The default is 3. What only waited on the workers counts as well, so a higher number suits workers that come and go for other reasons.</value>
    public int MaxWorkerLosses { get; set; } = 3;

    /// <summary>
    /// How many bytes of values a worker may have before no more is scattered to it; what is under way there still ends. More than this must be free for what windows
    /// hold that wait for more values.
    /// </summary>
    /// <value>The default is 1 GiB.</value>
    public long MaxBytesPerWorker { get; set; } = 1L << 30;

    /// <summary>How many bytes one value may take that leaves the process.</summary>
    /// <value>The default is 96 MiB; the engine's messages have at most 100 MiB.</value>
    public int MaxMessageBytes { get; set; } = 96 << 20;

    /// <summary>Whether values are copied by serialisation even on their way to a worker in this process, as on their way to others.</summary>
    /// <value>The default is <see langword="false"/>: by reference.</value>
    public bool SerializeInProcess { get; set; }

    /// <summary>Tells which types are serialised as JSON, with their fields and properties, for want of a serializer of Orleans. Coordinators and workers must agree.</summary>
    /// <value>The default is null: none.</value>
    public Func<Type, bool>? JsonTypes { get; set; }

    /// <summary>What is wrong with the settings.</summary>
    internal IEnumerable<string> Faults()
    {
        if (NoWorkersTimeout <= TimeSpan.Zero)
        {
            yield return $"OrleansClusterOptions.NoWorkersTimeout is {NoWorkersTimeout}; it must be more than zero.";
        }

        if (MaxWorkerLosses < 1)
        {
            yield return $"OrleansClusterOptions.MaxWorkerLosses is {MaxWorkerLosses}; it must be one or more.";
        }

        if (MaxBytesPerWorker < 1)
        {
            yield return $"OrleansClusterOptions.MaxBytesPerWorker is {MaxBytesPerWorker}; it must be one or more.";
        }

        if (MaxMessageBytes < 1)
        {
            yield return $"OrleansClusterOptions.MaxMessageBytes is {MaxMessageBytes}; it must be one or more.";
        }
    }
}
