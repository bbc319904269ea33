using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Seed;

/// <summary>Emits from a plain thread that blocks, into a pipeline that has a thread of its own.</summary>
internal sealed class ThreadSample : ISample
{
    public string Name => "thread";

    public string Summary => "the same from a plain thread that blocks, the pipeline on a thread of its own";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        var program = new SeedProgram(host);
        await using var source = new StreamSource<int>(new StreamOptions
        {
            TimeProvider = host.Clock,
            RunOn = RunOn.DedicatedThread("pipeline"),
        });
        source.Map(program.Increment).RateLimit(TimeSpan.FromMilliseconds(500)).Sink(program.WriteAsync);
        await host.Output.WriteAsync(source.ToText());

        await OnThreadOfItsOwn(() =>
        {
            for (var x = 0; x < 10 && !host.Stopping.IsCancellationRequested; x++)
            {
                source.Emit(x);
                program.Print($"emit {x} admitted");
            }
        });

        await source.CompleteAsync();
        program.Print("drained");
        return ExitCode.Success;
    }

    private static Task OnThreadOfItsOwn(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
