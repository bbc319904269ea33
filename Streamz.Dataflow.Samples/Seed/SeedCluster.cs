using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Seed;

/// <summary>Where the seed's programs increment: on threads of this process, or in processes of their own.</summary>
internal static class SeedCluster
{
    public const string Usage = "[--workers N]";

    private const int LocalWorkers = 4;

    /// <summary>Runs a program on the cluster that the arguments ask for.</summary>
    /// <param name="name">The name of the sample, for messages.</param>
    /// <param name="host">What the sample has of the world.</param>
    /// <param name="arguments">The arguments of the sample.</param>
    /// <param name="program">The program, which is handed the cluster and the function that its workers run.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string name, SampleHost host, IReadOnlyList<string> arguments, Func<SeedProgram, ICluster, Func<int, int>, Task> program)
    {
        if (WorkersIn(arguments) is not { } workers)
        {
            var local = new SeedProgram(host);
            using var threads = new LocalCluster(LocalWorkers);
            await program(local, threads, local.Increment);
            return ExitCode.Success;
        }

        try
        {
            await using var processes = await SampleCluster.StartAsync(workers, host.Stopping);

            // What captures nothing can travel; the host, its clock and its output stay here.
            await program(new SeedProgram(host), processes, SeedProgram.IncrementAnywhere);
            return ExitCode.Success;
        }
        catch (ClusterUnavailableException failure)
        {
            await host.Error.WriteAsync($"{name}: {failure.Message}\n");
            return ExitCode.Failure;
        }
        catch (OperationCanceledException) when (host.Stopping.IsCancellationRequested)
        {
            // Before the cluster was there.
            await host.Error.WriteAsync($"{name}: interrupted\n");
            return ExitCode.Interrupted;
        }
    }

    private static int? WorkersIn(IReadOnlyList<string> arguments) => arguments switch
    {
        [] => null,
        ["--workers"] => NumberArgument.Parse("--workers", null, 1, SampleCluster.MaxWorkers),
        ["--workers", var number] => NumberArgument.Parse("--workers", number, 1, SampleCluster.MaxWorkers),
        ["--workers", _, var more, ..] => throw new UsageException($"What is '{more}'?"),
        [var other, ..] => throw new UsageException($"What is '{other}'?"),
    };
}
