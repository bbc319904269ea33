using System.Collections.Frozen;
using System.Globalization;
using Streamz.Dataflow.Graph.Errors;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>One operator in a graph: what it is and how its running half is made. No threads, no state.</summary>
public abstract class Node
{
    /// <summary>The longest that a timer takes is a little more.</summary>
    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromDays(49);

    private static int s_lastId;
    private readonly int? _capacity;
    private StreamOptions? _options;
    private readonly IReadOnlyList<Node> _hosted = [];

    private protected Node(string operatorName)
    {
        ArgumentException.ThrowIfNullOrEmpty(operatorName);
        Operator = operatorName;
        Id = Interlocked.Increment(ref s_lastId);
    }

    /// <summary>The number of the node; later nodes have larger ones.</summary>
    public int Id { get; }

    /// <summary>The name of the operator, for example <c>map</c>.</summary>
    public string Operator { get; }

    /// <summary>The settings or the delegate, for example <c>n=100</c> or <c>Increment</c>.</summary>
    public string? Details { get; init; }

    /// <summary>The name that the user gave, if any.</summary>
    public string? Name { get; internal set; }

    /// <summary>What kind of work the node does.</summary>
    public NodeKind Kind { get; init; }

    /// <summary>
    /// Whether the node may wait for something while it holds an element (an asynchronous delegate, a rate).
    /// Such a node is fed one element at a time, so that emitters are paced exactly.
    /// </summary>
    public bool MayWait { get; init; }

    /// <summary>Whether the node needs an input queue of its own, because it acts by the clock or holds elements back.</summary>
    public bool IsBoundary { get; init; }

    /// <summary>
    /// Whether the node's input queue keeps only the newest element besides the one at work: one that waits is replaced by the
    /// next, dropped and counted, so that upstream never waits. Only for a node that is a boundary, with a capacity of 2.
    /// </summary>
    public bool KeepsNewest { get; init; }

    /// <summary>
    /// Whether the node's input queue notes when each element was accepted, for <see cref="StageContext.ArrivedAt"/>. Only for a node
    /// that is a boundary.
    /// </summary>
    public bool NotesArrivals { get; init; }

    /// <summary>
    /// Whether the node keeps a <see cref="NodeOptions.Timeout"/>: it has a delegate that takes the token of
    /// <see cref="StageContext.BeginCall"/>, or, in a parallel node, the token of the call.
    /// </summary>
    public bool AcceptsTimeout { get; init; }

    /// <summary>How many elements the node may hold, waiting and at work; <see langword="null"/> if the compiler decides.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than one.</exception>
    public int? Capacity
    {
        get => StatedCapacity ?? _capacity;
        init
        {
            if (value is { } capacity)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
            }

            _capacity = value;
        }
    }

    /// <summary>What the node does on a failure; <see langword="null"/> for the policy of the pipeline. Guarded by <see cref="Topology"/>.</summary>
    public ErrorPolicy? OnError { get; internal set; }

    /// <summary>
    /// Whether a source may be started again after it has failed: <see cref="SourceStage{T}.RunAsync"/> is then called again, on the same stage, which goes
    /// on where it was.
    /// </summary>
    public bool CanRestart { get; init; }

    /// <summary>
    /// How many inputs the node needs at least for each output, if that is a constant; 1 for most,
    /// <see langword="null"/> if it depends on the elements or the clock.
    /// </summary>
    public int? InputsPerOutput { get; init; }

    /// <summary>How many elements the node works on at once.</summary>
    public int MaxDegreeOfParallelism { get; internal set; } = 1;

    /// <summary>Whether the node remembers something from element to element, by its declaration.</summary>
    internal bool KeepsState => Kind is NodeKind.Stateful or NodeKind.Batching;

    /// <summary>Whether the node has the contract of a parallel one: one call from value to result.</summary>
    internal bool IsParallel { get; private protected init; }

    /// <summary>Whether the node works beside its turns, and has an input of its own for what it makes there.</summary>
    internal bool FeedsItself { get; private protected init; }

    /// <summary>Whether the number of elements that the node works on at once is part of what it is, as with workers of their own.</summary>
    internal bool HasFixedParallelism { get; init; }

    /// <summary>Whether what the node pushes on is worked on elsewhere, by a cluster.</summary>
    internal bool EntersCluster { get; init; }

    /// <summary>Why the node cannot keep a timeout, with the cure, where that is not for want of a delegate that takes a token.</summary>
    internal string? TimeoutObjection { get; init; }

    /// <summary>Why the state of the node cannot be saved, with the cure, if it has one and it cannot.</summary>
    internal string? SnapshotObjection { get; init; }

    /// <summary>Says why the node cannot run as it is, with the cure, if so. Asked when the graph is compiled.</summary>
    internal Func<string?>? Objection { get; init; }

    /// <summary>Whether results of a parallel node keep the order of their elements.</summary>
    public bool IsOrdered { get; private protected init; } = true;

    /// <summary>Whether each input holds elements until the other inputs match them, as a zip does.</summary>
    public bool PairsInputs { get; init; }

    /// <summary>
    /// The inputs of a join that <see cref="PairsInputs"/> of which only the newest element is remembered: they never fill, and starve
    /// only until their first element.
    /// </summary>
    public IReadOnlySet<int> LatestInputs { get; init; } = FrozenSet<int>.Empty;

    /// <summary>The rate that the node keeps, if it keeps one that can be changed.</summary>
    internal Rate? Rate { get; init; }

    /// <summary>The text of the node: operator and details.</summary>
    public string Label
    {
        get
        {
            var details = Rate is null ? Details : Duration.Text(Rate.Interval);
            return (details, IsParallel) switch
            {
                (null, false) => Operator,
                (_, false) => $"{Operator} {details}",
                _ => string.Create(CultureInfo.InvariantCulture, $"{(details is null ? Operator : $"{Operator} {details}")} x{MaxDegreeOfParallelism}{(IsOrdered || OutputType is null ? "" : " unordered")}"),
            };
        }
    }

    internal int? StatedCapacity { get; set; }

    /// <summary>How long the delegate may work on one element; <see langword="null"/> for no limit.</summary>
    internal TimeSpan? Timeout { get; private set; }

    /// <summary>The options that a source brings to its graph.</summary>
    internal StreamOptions? Options
    {
        get => _options;
        set
        {
            _options = value;
            Topology.NoteFeeder(this);
        }
    }

    /// <summary>The nodes that run inside this one, as those of a group do.</summary>
    internal IReadOnlyList<Node> Hosted
    {
        get => _hosted;
        init
        {
            _hosted = value;
            foreach (var node in value)
            {
                node.Host = this;
            }
        }
    }

    /// <summary>The node that this one runs inside of, if any.</summary>
    internal Node? Host { get; private set; }

    internal abstract IReadOnlyList<Type> InputTypes { get; }

    internal abstract Type? OutputType { get; }

    /// <summary>Whether each stream that is connected becomes a side of its own, instead of being merged into the one input.</summary>
    internal virtual bool HasVariableInputs => false;

    /// <summary>The edges into this node, in the order of subscription. Guarded by <see cref="Topology"/>.</summary>
    internal List<Edge> Inputs { get; } = [];

    /// <summary>The edges out of this node, in the order of subscription. Guarded by <see cref="Topology"/>.</summary>
    internal List<Edge> Outputs { get; } = [];

    /// <summary>
    /// The edges to the queues that failed elements may go to. They follow from policies, and are found anew whenever the graph is asked for.
    /// Guarded by <see cref="Topology"/>.
    /// </summary>
    internal List<Edge> Letters { get; } = [];

    /// <summary>The edges by which elements leave this node, failed ones included.</summary>
    internal IEnumerable<Edge> Departures => Letters.Count == 0 ? Outputs : Outputs.Concat(Letters);

    /// <summary>What the node does on a failure, with what its pipeline says. Found with <see cref="Letters"/>.</summary>
    internal PolicyPlan Policy { get; set; } = PolicyPlan.Stop;

    /// <summary>The run that uses this node now, if any. Guarded by <see cref="Topology"/>.</summary>
    internal object? ActiveRun { get; set; }

    /// <summary>The name, or the text when there is none.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Name ?? Label;

    internal abstract IStage CreateStage();

    /// <summary>Throws if the node cannot do without its connection from another.</summary>
    internal virtual void RefuseDisconnect(Node from)
    {
    }

    internal void Apply(NodeOptions? options)
    {
        if (options is null)
        {
            return;
        }

        if (options.Capacity is { } capacity)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1, $"{nameof(options)}.{nameof(options.Capacity)} of {this}");
            StatedCapacity = capacity;
        }

        if (options.Name is { } name)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, $"{nameof(options)}.{nameof(options.Name)} of {this}");
            Name = name;
        }

        if (options.OnError is { } policy)
        {
            Topology.SetPolicy(this, policy);
        }

        if (options.Timeout is { } timeout)
        {
            LimitCalls(timeout);
        }
    }

    private void LimitCalls(TimeSpan timeout)
    {
        const string parameter = $"{nameof(NodeOptions)}.{nameof(NodeOptions.Timeout)}";
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, $"{parameter} of {this}");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, s_longestTimeout, $"{parameter} of {this}");
        if (!AcceptsTimeout)
        {
            throw new ArgumentException(
                $"'{this}' cannot keep a timeout of {Duration.Text(timeout)} for each element: {TimeoutObjection ?? $"it has no delegate that takes a CancellationToken. Give it one that does, or leave {parameter} out; for a stream that falls silent there is the Timeout operator"}.",
                $"{parameter} of {this}");
        }

        Timeout = timeout;
    }
}
