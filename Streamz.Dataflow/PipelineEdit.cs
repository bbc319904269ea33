using Streamz.Dataflow.Compilation;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow;

/// <summary>
/// A change of a running pipeline, as <see cref="Pipeline.EditAsync"/> lets the user describe it. While it is described, operators, sinks,
/// <c>Connect</c>, <c>Disconnect</c> and <c>Detach</c> may be called on streams of the running graph; this says what they cannot say.
/// </summary>
/// <remarks>Nothing happens to the pipeline until the description is complete. Not for use after that, or from other threads.</remarks>
public sealed class PipelineEdit
{
    private readonly Run _run;
    private readonly TopologyEdit _topology;

    internal PipelineEdit(Run run, TopologyEdit topology)
    {
        _run = run;
        _topology = topology;
    }

    internal EditSettings Settings { get; } = new();

    /// <summary>Finds a node of the pipeline by its name.</summary>
    /// <param name="name">The name that was given to it where its operator is written, or by <c>Named</c>.</param>
    /// <returns>A handle of the node.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty, or no node of the pipeline has it.</exception>
    public IStream Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var node = _run.Nodes.Find(each => each.Node.Name == name && !each.IsLeaving)?.Node;
        return node is not null
            ? new NodeHandle(node)
            : throw new ArgumentException(
                $"No node of the pipeline is named '{name}'. Its named nodes are: {string.Join(", ", _run.Nodes.Where(each => each.Node.Name is not null).Select(each => $"'{each.Node.Name}'"))}.", nameof(name));
    }

    /// <summary>Changes how many elements a node works on at once. What it has begun is finished before.</summary>
    /// <param name="stream">The handle of a node that was made with <c>maxDegreeOfParallelism</c> above one.</param>
    /// <param name="maxDegreeOfParallelism">How many elements; one or more.</param>
    /// <returns>This edit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDegreeOfParallelism"/> is less than one.</exception>
    /// <exception cref="ArgumentException">The node is not part of the pipeline, or does not work on several elements at once.</exception>
    public PipelineEdit SetParallelism(IStream stream, int maxDegreeOfParallelism)
    {
        var node = Running(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDegreeOfParallelism, 1);
        if (!node.IsParallel || node.HasFixedParallelism)
        {
            throw new ArgumentException(
                $"'{node}' cannot work on {maxDegreeOfParallelism} elements at once: {(node.IsParallel ? "its workers were made where it is written" : "it was made to work on one at a time. Write it with maxDegreeOfParallelism above one")}.", nameof(stream));
        }

        Settings.Degrees[node] = maxDegreeOfParallelism;
        return this;
    }

    /// <summary>Changes how many elements a node may hold, waiting and at work. One that shared a queue with its neighbour gets one of its own.</summary>
    /// <param name="stream">The handle of a node, not of a source.</param>
    /// <param name="capacity">How many elements; one or more. If more are inside at the moment, none is taken until they are fewer.</param>
    /// <returns>This edit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than one.</exception>
    /// <exception cref="ArgumentException">The node is not part of the pipeline, is a source, or keeps only the newest element.</exception>
    public PipelineEdit SetCapacity(IStream stream, int capacity)
    {
        var node = Running(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (node.Kind == NodeKind.Source || node.KeepsNewest)
        {
            throw new ArgumentException(
                $"'{node}' cannot have a capacity of {capacity}: {(node.KeepsNewest ? "it keeps the newest element only" : "set that of the node behind it")}.", nameof(stream));
        }

        var before = node.StatedCapacity;
        _topology.OnUndo(() => node.StatedCapacity = before);
        node.StatedCapacity = capacity;
        Settings.Resized.Add(node);
        return this;
    }

    /// <summary>Changes the time between two elements at a <c>RateLimit</c>. An element that is waiting there waits for the time that was in force.</summary>
    /// <param name="stream">The handle of the rate limit.</param>
    /// <param name="interval">The time; more than zero.</param>
    /// <returns>This edit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not more than zero.</exception>
    /// <exception cref="ArgumentException">The node is not part of the pipeline, or keeps no rate.</exception>
    public PipelineEdit SetRate(IStream stream, TimeSpan interval)
    {
        var node = Running(stream);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        if (node.Rate is null)
        {
            throw new ArgumentException($"'{node}' keeps no rate that could be {Duration.Text(interval)}. Put a RateLimit there.", nameof(stream));
        }

        Settings.Rates[node] = interval;
        return this;
    }

    /// <summary>
    /// Lets no element enter a node from now on. What has entered goes on, and so do the timers of the node; elements wait in its queue, and
    /// when that is full upstream waits. Stopping the pipeline ends every pause.
    /// </summary>
    /// <param name="stream">The handle of the node.</param>
    /// <returns>This edit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentException">The node is not part of the pipeline.</exception>
    public PipelineEdit Pause(IStream stream)
    {
        Settings.Pauses[Running(stream)] = true;
        return this;
    }

    /// <summary>Ends <see cref="Pause"/>; a node that is not paused goes on as it is.</summary>
    /// <param name="stream">The handle of the node.</param>
    /// <returns>This edit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentException">The node is not part of the pipeline.</exception>
    public PipelineEdit Resume(IStream stream)
    {
        Settings.Pauses[Running(stream)] = false;
        return this;
    }

    private Node Running(IStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return _run.Nodes.Exists(each => each.Node == stream.Node && !each.IsLeaving)
            ? stream.Node
            : throw new ArgumentException($"'{stream.Node}' is not part of the running pipeline. Set it where its operator is written.", nameof(stream));
    }
}
