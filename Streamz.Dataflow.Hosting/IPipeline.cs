namespace Streamz.Dataflow.Hosting;

/// <summary>A pipeline of a host, whatever its elements are. All of them are services: inject <c>IEnumerable&lt;IPipeline&gt;</c>, or one by its name as the key.</summary>
public interface IPipeline
{
    /// <summary>The name that it was added with.</summary>
    string Name { get; }

    /// <summary>The type of the elements that are emitted into it; <see langword="null"/> if only sources of its own feed it.</summary>
    Type? ElementType { get; }

    /// <summary>Where it is in its life.</summary>
    PipelineState State { get; }

    /// <summary>Why it has failed last; <see langword="null"/> if it never has. Kept when it was started again.</summary>
    Exception? Fault { get; }

    /// <summary>How often it was started again after a failure.</summary>
    int Restarts { get; }

    /// <summary>A handle of the graph of the present run, or of the last one: to draw it, for example.</summary>
    /// <exception cref="InvalidOperationException">The pipeline has never started.</exception>
    IStream Graph { get; }

    /// <summary>Reads the counts of all nodes of the present run, or of the last one.</summary>
    /// <returns>The counts; each is exact, together they are those of about one moment.</returns>
    /// <exception cref="InvalidOperationException">The pipeline has never started.</exception>
    PipelineSnapshot GetSnapshot();

    /// <summary>Prints which nodes share a block, how many places each has, and which branches have no sink.</summary>
    /// <returns>The text, a line for each segment.</returns>
    /// <exception cref="InvalidOperationException">The pipeline has never started.</exception>
    string Explain();

    /// <summary>Changes the graph of the present run while elements flow. What is started again after a failure is as it was written, without the change.</summary>
    /// <param name="edit">Describes the change, at once and on the calling thread.</param>
    /// <param name="deadline">How long to wait for the parts that it touches to come to a stand; not negative. The default is 30 seconds.</param>
    /// <param name="cancellationToken">Gives the edit up as long as it waits for another edit.</param>
    /// <returns>A task that completes when the change is made.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="edit"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The pipeline has never started.</exception>
    /// <exception cref="PipelineValidationException">The changed graph cannot be run; all faults are listed.</exception>
    /// <exception cref="TimeoutException">A part was busy until the deadline; the text names the node.</exception>
    /// <exception cref="PipelineClosedException">The pipeline stops, or is over.</exception>
    /// <exception cref="NodeFailedException">The pipeline has failed.</exception>
    Task EditAsync(Action<PipelineEdit> edit, TimeSpan? deadline = null, CancellationToken cancellationToken = default);
}

/// <summary>A pipeline of a host: takes elements, says how it is, and may be changed while it runs. To emit only, depend on the narrower <see cref="IEmitter{T}"/>.</summary>
/// <typeparam name="T">The type of the elements that enter.</typeparam>
public interface IPipeline<in T> : IPipeline, IEmitter<T>;
