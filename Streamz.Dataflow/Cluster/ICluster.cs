using Streamz.Dataflow.Diagnostics;

namespace Streamz.Dataflow;

/// <summary>
/// Workers that run functions where the values are. A pipeline hands values over with <see cref="ScatterAsync"/>, has functions
/// run on them with <see cref="Submit{T, TResult}"/>, which returns at once, and takes results back with <see cref="GatherAsync"/>;
/// in between the values stay on the workers. <see cref="LocalCluster"/> is the one inside the process.
/// </summary>
/// <remarks>
/// All members may be called from any thread. Calls that concern one value take effect in the order in which they were made. A value is kept until
/// <see cref="ClusterValue.Release"/>; a pipeline releases what was made of an element when the element has left it.
/// </remarks>
public interface ICluster
{
    /// <summary>Says why values of a type cannot be on this cluster. Asked when a graph is compiled.</summary>
    /// <param name="type">The declared type of the values.</param>
    /// <returns>A sentence that names the type and the cure, or <see langword="null"/>, the default, if nothing is known against it.</returns>
    string? Objection(Type type) => null;

    /// <summary>Says what the workers have and do now.</summary>
    /// <returns>The snapshot; <see langword="null"/>, the default, if the cluster does not tell.</returns>
    ClusterSnapshot? GetSnapshot() => null;

    /// <summary>Takes note of a function that values will be submitted to, and of what it captures by now. The default does nothing.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="function">The function, with the text that errors name it by.</param>
    /// <exception cref="ArgumentException">The function cannot run on the workers of this cluster; the message names it, the reason and the cure.</exception>
    void Prepare<T, TResult>(ClusterFunction<T, TResult> function)
    {
    }

    /// <inheritdoc cref="Prepare{T, TResult}(ClusterFunction{T, TResult})"/>
    /// <typeparam name="T1">The type of the first value.</typeparam>
    /// <typeparam name="T2">The type of the second value.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    void Prepare<T1, T2, TResult>(ClusterFunction<T1, T2, TResult> function)
    {
    }

    /// <summary>Hands a value over to a worker.</summary>
    /// <typeparam name="T">The declared type of the value, which is also what is serialised.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The value on the cluster.</returns>
    /// <exception cref="NotSupportedException">The value cannot be serialised.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    ValueTask<ClusterValue<T>> ScatterAsync<T>(T value, CancellationToken cancellationToken);

    /// <summary>Has a function run on a value as soon as the value is there and a worker is free.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="function">The function, with the text that errors name it by.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Given to the function.</param>
    /// <returns>The result to be. A failure shows when it, or what is made of it, is gathered.</returns>
    ClusterValue<TResult> Submit<T, TResult>(ClusterFunction<T, TResult> function, ClusterValue<T> value, CancellationToken cancellationToken);

    /// <summary>Has a function run on two values as soon as both are there and a worker is free.</summary>
    /// <typeparam name="T1">The type of the first value.</typeparam>
    /// <typeparam name="T2">The type of the second value.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="function">The function, with the text that errors name it by.</param>
    /// <param name="first">The first value.</param>
    /// <param name="second">The second value.</param>
    /// <param name="cancellationToken">Given to the function.</param>
    /// <returns>The result to be. A failure shows when it, or what is made of it, is gathered.</returns>
    ClusterValue<TResult> Submit<T1, T2, TResult>(
        ClusterFunction<T1, T2, TResult> function,
        ClusterValue<T1> first,
        ClusterValue<T2> second,
        CancellationToken cancellationToken);

    /// <summary>Makes one value of several, in their order, without taking them back.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="values">The values.</param>
    /// <returns>The list to be. If the function that was to make one of the values has failed, so has the list.</returns>
    ClusterValue<IReadOnlyList<T>> Collect<T>(IReadOnlyList<ClusterValue<T>> values);

    /// <summary>Makes a value that is the first one, or the second one if the function that was to make the first has failed.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="value">The value that is wanted.</param>
    /// <param name="otherwise">The value that takes its place.</param>
    /// <returns>One of the two, to be.</returns>
    ClusterValue<T> OrElse<T>(ClusterValue<T> value, ClusterValue<T> otherwise);

    /// <summary>Makes a value of one item of a list, without taking the list back.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="list">The list.</param>
    /// <param name="index">The index of the item; not negative. A list that has no such item fails the value.</param>
    /// <returns>The item to be.</returns>
    ClusterValue<T> Item<T>(ClusterValue<IReadOnlyList<T>> list, int index);

    /// <summary>Says that a value will be gathered, so that it may come before it is asked for. The default does nothing.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value.</param>
    void Ask<T>(ClusterValue<T> value)
    {
    }

    /// <summary>
    /// Has a copy of a value kept outside the workers as soon as the value is there, so that the loss of a worker does not cost all that the value
    /// was made of. The default does nothing: for a cluster that loses no workers.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value.</param>
    void Save<T>(ClusterValue<T> value)
    {
    }

    /// <summary>Takes a value back, waiting until it is there. It stays on the cluster until it is released.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ClusterTaskException">The function that was to make the value has failed.</exception>
    ValueTask<T> GatherAsync<T>(ClusterValue<T> value, CancellationToken cancellationToken);
}

/// <summary>A value that is, or will be, on a worker, whatever its type.</summary>
public abstract class ClusterValue
{
    private protected ClusterValue()
    {
    }

    /// <summary>What releases the value when the element that it was made of leaves the pipeline; null for a value that is nobody's element.</summary>
    internal ClusterLease? Lease { get; set; }

    /// <summary>The value behind this one in the lease, which alone reads and writes this.</summary>
    internal ClusterValue? NextInLease { get; set; }

    /// <summary>
    /// Says that nobody will name the value any more. What was submitted on it before still runs; a function that was to make it is called off if nobody
    /// else needs it. May be called from any thread, and more than once. The default does nothing.
    /// </summary>
    public virtual void Release()
    {
    }
}

/// <summary>A value that is, or will be, on a worker. Each kind of cluster has its own.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public abstract class ClusterValue<T> : ClusterValue
{
}

/// <summary>A function that runs on workers.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <typeparam name="TResult">The type of the result.</typeparam>
/// <param name="Name">The text that errors name the function by.</param>
/// <param name="Invoke">The function; workers may call it several times at once.</param>
public sealed record ClusterFunction<T, TResult>(string Name, Func<T, CancellationToken, ValueTask<TResult>> Invoke);

/// <summary>A function of two values that runs on workers.</summary>
/// <typeparam name="T1">The type of the first value.</typeparam>
/// <typeparam name="T2">The type of the second value.</typeparam>
/// <typeparam name="TResult">The type of the result.</typeparam>
/// <param name="Name">The text that errors name the function by.</param>
/// <param name="Invoke">The function; workers may call it several times at once.</param>
public sealed record ClusterFunction<T1, T2, TResult>(string Name, Func<T1, T2, CancellationToken, ValueTask<TResult>> Invoke);

/// <summary>A function failed on a worker.</summary>
public sealed class ClusterTaskException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="function">The name of the function.</param>
    /// <param name="worker">The name of the worker.</param>
    /// <param name="failure">What the function threw.</param>
    /// <exception cref="ArgumentException"><paramref name="function"/> or <paramref name="worker"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="failure"/> is null.</exception>
    public ClusterTaskException(string function, string worker, Exception failure)
        : base($"'{function}' failed on {worker}: {FailureText.Of(failure ?? throw new ArgumentNullException(nameof(failure)))}", failure)
    {
        ArgumentException.ThrowIfNullOrEmpty(function);
        ArgumentException.ThrowIfNullOrEmpty(worker);
        Function = function;
        Worker = worker;
    }

    /// <summary>The name of the function.</summary>
    public string Function { get; }

    /// <summary>The name of the worker.</summary>
    public string Worker { get; }
}
