using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Seed;

/// <summary>Emits that are awaited: the loop goes at the pace of the pipeline.</summary>
internal sealed class AwaitSample : ISample
{
    public string Name => "await";

    public string Summary => "ten awaited emits, paced by a rate limit and a slow sink";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        var program = new SeedProgram(host);
        await using var source = new StreamSource<int>(new StreamOptions { TimeProvider = host.Clock });
        source.Map(program.Increment).RateLimit(TimeSpan.FromSeconds(0.5)).Sink(program.WriteAsync);
        await host.Output.WriteAsync(source.ToText());

        for (var x = 0; x < 10 && !host.Stopping.IsCancellationRequested; x++)
        {
            await source.EmitAsync(x);
            program.Print($"emit {x} admitted");
        }

        await source.CompleteAsync();
        program.Print("drained");
        return ExitCode.Success;
    }
}
