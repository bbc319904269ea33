using System.Globalization;
using Streamz.Dataflow.Graph.Errors;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Hosting;

/// <summary>The stages of one instance of a template: how they begin and end.</summary>
/// <param name="host">What hosts them.</param>
/// <param name="result">The node whose elements are the results of the template.</param>
internal sealed class HostedStages(StageHost host, Node result)
{
    private readonly List<HostedContext> _contexts = [];
    private readonly List<HostedContext> _ending = [];

    public StageHost Host { get; } = host;

    /// <summary>Adds a stage; all of them are added in graph order.</summary>
    public HostedContext Add(Node node, IStage stage)
    {
        var context = new HostedContext(this, node, stage);
        _contexts.Add(context);
        return context;
    }

    /// <summary>What a failure of a stage meets: the policy of its node, then that of its host.</summary>
    public PolicyPlan PolicyOf(Node node) => Host.PolicyOf(node);

    /// <summary>Writes the states of the stages.</summary>
    public void Save(SnapshotWriter snapshot)
    {
        for (var i = 0; i < _contexts.Count; i++)
        {
            if (_contexts[i].Stage is ISnapshot stage)
            {
                snapshot.Write(NameOf(i), stage.Save);
            }
        }
    }

    /// <summary>Gives the stages, which have not begun, the states that <see cref="Save"/> has written.</summary>
    public void Restore(SnapshotReader snapshot)
    {
        for (var i = 0; i < _contexts.Count; i++)
        {
            if (_contexts[i].Stage is ISnapshot stage && snapshot.ReadPart(NameOf(i)) is { IsEmpty: false } state)
            {
                stage.Restore(state);
            }
        }
    }

    private string NameOf(int stage) => string.Create(CultureInfo.InvariantCulture, $"{stage} {_contexts[stage].Node.Operator}");

    /// <summary>Tells the stages that they begin, the last first: one may push on from its start.</summary>
    public async ValueTask StartAsync()
    {
        for (var i = _contexts.Count - 1; i >= 0; i--)
        {
            await _contexts[i].StartAsync().ConfigureAwait(true);
        }

        await FinishEndingAsync().ConfigureAwait(true);
    }

    /// <summary>Has the stages push on what they hold.</summary>
    public async ValueTask FlushAsync()
    {
        foreach (var context in _contexts)
        {
            await context.FlushAsync().ConfigureAwait(true);
        }
    }

    /// <summary>Ends the stages: takes back their ticks, and has them close what they have opened.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            context.CancelTick();
            await context.DisposeAsync().ConfigureAwait(true);
        }
    }

    /// <summary>
    /// A stage has ended early: nobody wants what those in front of it give, and those behind it push on what they hold when the stage
    /// has finished its call.
    /// </summary>
    public void EndBehind(HostedContext ended)
    {
        var needed = new HashSet<Node>();
        foreach (var context in Enumerable.Reverse(_contexts))
        {
            var node = context.Node;
            if (!context.IsCompleted && (node == result || node.Outputs.Count == 0 || node.Outputs.Exists(edge => needed.Contains(edge.To))))
            {
                needed.Add(node);
            }
            else
            {
                context.Halt();
            }
        }

        var below = GraphOrder.Downstream(ended.Node);
        _ending.AddRange(_contexts.Where(context => below.Contains(context.Node)));
    }

    /// <summary>Has the stages behind those that have ended early push on what they hold; called at the end of each call.</summary>
    public ValueTask FinishEndingAsync() => _ending.Count == 0 ? default : FlushEndingAsync();

    private async ValueTask FlushEndingAsync()
    {
        // A flush may end others.
        for (var i = 0; i < _ending.Count; i++)
        {
            await _ending[i].FlushAsync().ConfigureAwait(true);
        }

        _ending.Clear();
    }
}
