namespace Streamz.Dataflow.Runtime;

/// <summary>The workers of a parallel node.</summary>
internal interface IParallelRun
{
    /// <summary>Starts no more elements, and discards the results that are not pushed on yet.</summary>
    void Halt();

    /// <summary>Gives the workers no more elements until <see cref="GoOn"/>.</summary>
    /// <param name="drain">The number of this drain, which is the last until another one is asked for.</param>
    /// <returns>A task that completes when those that they have are finished.</returns>
    Task DrainAsync(out int drain);

    /// <summary>The node will go on by itself when it is drained, though whoever asked for that lets everything else go on at once.</summary>
    void GiveUpDrain();

    /// <summary>Goes on with other workers after a drain; nothing happens if it is not the last, or if the workers are paused.</summary>
    /// <param name="degree">How many elements they work on at once.</param>
    /// <param name="places">How many elements the node may hold.</param>
    /// <param name="drain">The number of the drain.</param>
    void GoOn(int degree, int places, int drain);

    /// <summary>Goes on without workers.</summary>
    void Pause();

    /// <summary>Ends <see cref="Pause"/>.</summary>
    void Resume();
}
