using Microsoft.AspNetCore.Components.Authorization;
using Streamz.Dataflow.Dashboard.Serving;
using Streamz.Dataflow.Dashboard.Watching;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Dashboard.Controlling;

/// <summary>What a user may do to pipelines. Each action asks again whether that user may.</summary>
internal sealed class PipelineControls(DashboardOptions options, AuthenticationStateProvider users, Sampler sampler, IServiceProvider services)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_replay = TimeSpan.FromSeconds(3);

    private readonly HostAuthorization? _authorization = (HostAuthorization?)services.GetService(typeof(HostAuthorization));

    /// <summary>Whether the user may do anything.</summary>
    public async Task<bool> AreAllowedAsync()
    {
        if (options.ControlsPolicy is not { } policy || _authorization is null)
        {
            return false;
        }

        var state = await users.GetAuthenticationStateAsync().ConfigureAwait(false);
        return (await _authorization.Service.AuthorizeAsync(state.User, null, policy).ConfigureAwait(false)).Succeeded;
    }

    /// <summary>Pauses a node, or lets it go on.</summary>
    public Task SetPausedAsync(string pipeline, int node, bool isPaused) => EditAsync(
        pipeline,
        node,
        isPaused ? "paused" : "resumed",
        (edit, handle) => _ = isPaused ? edit.Pause(handle) : edit.Resume(handle));

    /// <summary>Changes how many elements a node works on at once.</summary>
    public Task SetParallelismAsync(string pipeline, int node, int degree) =>
        EditAsync(pipeline, node, $"set to a parallelism of {degree}", (edit, handle) => edit.SetParallelism(handle, degree));

    /// <summary>Changes the time between two elements at a rate limit.</summary>
    public Task SetRateAsync(string pipeline, int node, TimeSpan interval) =>
        EditAsync(pipeline, node, $"set to one element each {interval}", (edit, handle) => edit.SetRate(handle, interval));

    /// <summary>Has the node that failed on an element try it once more, from its start on.</summary>
    public async Task ReplayAsync(string pipeline, long number)
    {
        await AuthorizeAsync().ConfigureAwait(false);
        var (watched, run) = Find(pipeline);
        var letter = watched.Journal.TakeForReplay(number)
            ?? throw new InvalidOperationException("The element is not kept any more, or was replayed already.");
        try
        {
            await Replay.RunAsync(run, Node(run, letter.NodeId!.Value), letter.Element, s_replay).ConfigureAwait(false);
        }
        catch
        {
            watched.Journal.GiveBack(number);
            throw;
        }

        watched.Journal.Note(Severity.Note, $"A dead letter of '{letter.Node}' was replayed.");
    }

    /// <summary>What of a node can be changed.</summary>
    public NodeCapabilities CapabilitiesOf(string pipeline, int node)
    {
        var found = sampler.Pipelines.First(each => each.Name == pipeline).Run?.Run.Nodes.Find(each => each.Node.Id == node)?.Node;
        return found is null
            ? new NodeCapabilities(false, null, null)
            : new NodeCapabilities(found.Kind != NodeKind.Source, found is { IsParallel: true, HasFixedParallelism: false } ? found.MaxDegreeOfParallelism : null, found.Rate?.Interval);
    }

    private async Task EditAsync(string pipeline, int node, string what, Action<PipelineEdit, IStream> describe)
    {
        await AuthorizeAsync().ConfigureAwait(false);
        var (watched, run) = Find(pipeline);
        var handle = new NodeHandle(Node(run, node));
        await run.EditAsync(edit => describe(edit, handle), s_deadline).ConfigureAwait(false);
        watched.Journal.Note(Severity.Note, $"'{handle.Node}' was {what} from the dashboard.");
    }

    private async Task AuthorizeAsync()
    {
        if (!await AreAllowedAsync().ConfigureAwait(false))
        {
            throw new UnauthorizedAccessException("You may not change pipelines.");
        }
    }

    private (WatchedPipeline Watched, Pipeline Run) Find(string name)
    {
        var watched = sampler.Pipelines.FirstOrDefault(each => each.Name == name) ?? throw new InvalidOperationException($"There is no pipeline '{name}'.");
        return (watched, watched.Run ?? throw new InvalidOperationException($"The pipeline '{name}' has not started."));
    }

    private static Node Node(Pipeline run, int id) =>
        run.Run.Nodes.Find(each => each.Node.Id == id && !each.IsLeaving)?.Node ?? throw new InvalidOperationException("The node is no part of the pipeline any more.");
}
