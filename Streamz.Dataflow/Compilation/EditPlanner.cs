using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow.Compilation;

/// <summary>Finds out what a changed graph means for the run of it, and everything that keeps it from being run.</summary>
internal static class EditPlanner
{
    /// <summary>Makes the change of the run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="edit">What has changed of the graph.</param>
    /// <param name="settings">What is to be set anew.</param>
    /// <exception cref="PipelineValidationException">The graph cannot be run; all its faults are listed.</exception>
    public static RunChange Plan(Run run, TopologyEdit edit, EditSettings settings)
    {
        var running = run.Nodes.Where(node => !node.IsLeaving).Select(node => node.Node).ToHashSet();
        var all = running.ToHashSet();

        // What operators run inside of themselves was written within the edit as well. It is theirs, and no part of the graph.
        foreach (var edge in edit.Added.Where(edge => edge.From.ActiveRun is null || edge.From.ActiveRun == edit.Run))
        {
            all.UnionWith(Topology.Component(edge.From));
        }

        // First: a queue that what is new feeds stays, though everything that has fed it leaves.
        IReadOnlyList<Node> added = [.. all.Except(running).OrderBy(node => node.Id)];
        Topology.ConnectQueues(edit, added, all, run.Options.OnError);

        var sources = all.Where(node => node.Kind == NodeKind.Source).ToList();
        var fed = sources.SelectMany(source => GraphOrder.Downstream(source)).Concat(sources).ToHashSet();
        var leaving = running.Except(fed).ToHashSet();
        Topology.Disconnect(edit, [.. leaving.SelectMany(node => node.Outputs).Where(edge => !leaving.Contains(edge.To))]);
        Topology.DisconnectQueues(edit, leaving);

        var change = new RunChange
        {
            New = added,
            Leaving = leaving,
            Added = [.. edit.Added.Where(edge => running.Contains(edge.From) || running.Contains(edge.To))],
            Removed = [.. edit.Removed.Where(edge => running.Contains(edge.From) && !leaving.Contains(edge.From))],
            Settings = settings,
        };
        IReadOnlyList<Node> live = [.. all.Except(leaving).OrderBy(node => node.Id)];
        var errors = GraphValidator.Validate(live, run.Options, hasContext: true)
            .Concat(ValidateOptions(run, change))
            .Concat(ValidateLoops(run, change, live))
            .Concat(ValidateNodes(run, change))
            .ToList();
        return errors.Count == 0 ? change : throw new PipelineValidationException(errors);
    }

    private static IEnumerable<string> ValidateOptions(Run run, RunChange change) =>
        change.New.Where(node => node.Options is not null && node.Options != run.Options)
            .Select(node => $"'{node}' brings other StreamOptions than those that the pipeline runs with. Leave them out.");

    private static IEnumerable<string> ValidateLoops(Run run, RunChange change, IReadOnlyList<Node> live)
    {
        foreach (var edge in change.Added.Concat(change.Removed).Where(edge => edge.Feedback is not null))
        {
            yield return $"The feedback from '{edge.From}' to '{edge.To}' cannot be changed while the pipeline runs. Stop it first.";
        }

        var before = run.Loops.Select(loop => loop.Members.Where(member => !member.IsLeaving).Select(member => member.Node).ToHashSet()).ToList();
        foreach (var loop in GraphOrder.Loops(GraphOrder.Of(live)).Where(loop => !loop.All(change.New.Contains)))
        {
            if (!before.Exists(members => members.SetEquals(loop)))
            {
                yield return $"The edit changes which nodes go round in the loop of {string.Join(", ", loop.Select(node => $"'{node}'"))}, which cannot be done while the pipeline runs. Stop it first.";
            }
        }
    }

    private static IEnumerable<string> ValidateNodes(Run run, RunChange change) =>
        change.Settings.Nodes.Where(change.Leaving.Contains)
            .Select(node => $"'{node}' leaves the pipeline with this edit, and cannot be set as well.")
            .Concat(change.New.Where(node => run.Nodes.Exists(each => each.Node == node))
                .Select(node => $"'{node}' left the pipeline with an edit before and has not ended yet. Connect it when it has, or build the branch anew."))
            .Concat(change.Added.Select(edge => edge.To).Distinct()
                .Where(node => run.Nodes.Exists(each => each.Node == node && each.Stage is not Stages.IChangingJoin && each.Node.InputTypes.Count > 1))
                .Select(node => $"'{node}' has inputs that were fixed where it was made. Connect to a Union in front of one of them instead."));
}
