using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>A pipeline that the dashboard shows, with all of its runs.</summary>
internal abstract class WatchedPipeline(string name, PipelineJournal journal) : IDisposable
{
    /// <summary>Its name in the dashboard, unique there.</summary>
    public string Name { get; } = name;

    /// <summary>What happened in it.</summary>
    public PipelineJournal Journal { get; } = journal;

    /// <summary>The present run, or the last one.</summary>
    public abstract Pipeline? Run { get; }

    public abstract PipelineState State { get; }

    public abstract Exception? Fault { get; }

    public abstract int Restarts { get; }

    /// <summary>A pipeline of a host.</summary>
    public static WatchedPipeline Of(HostedPipeline pipeline, PipelineJournal journal)
    {
        pipeline.Observe(journal);
        return new Hosted(pipeline, journal);
    }

    /// <summary>A pipeline that runs already.</summary>
    public static WatchedPipeline Of(string name, Pipeline pipeline, PipelineJournal journal)
    {
        pipeline.Run.Observers.Add(journal);
        journal.OnStarted(pipeline.Completion);
        return new Alone(name, pipeline, journal);
    }

    /// <summary>Notes no more what happens.</summary>
    public abstract void Dispose();

    private sealed class Hosted(HostedPipeline pipeline, PipelineJournal journal) : WatchedPipeline(pipeline.Name, journal)
    {
        public override Pipeline? Run => pipeline.Present;

        public override PipelineState State => pipeline.State;

        public override Exception? Fault => pipeline.Fault;

        public override int Restarts => pipeline.Restarts;

        public override void Dispose() => pipeline.Unobserve(Journal);
    }

    private sealed class Alone(string name, Pipeline pipeline, PipelineJournal journal) : WatchedPipeline(name, journal)
    {
        public override Pipeline Run => pipeline;

        public override PipelineState State =>
            pipeline.Completion.IsFaulted ? PipelineState.Faulted
            : pipeline.Completion.IsCompleted ? PipelineState.Completed
            : pipeline.Run.Stopping.IsCancellationRequested ? PipelineState.Stopping
            : PipelineState.Running;

        public override Exception? Fault => pipeline.Completion.Exception?.InnerException;

        public override int Restarts => 0;

        public override void Dispose() => pipeline.Run.Observers.Remove(Journal);
    }
}
