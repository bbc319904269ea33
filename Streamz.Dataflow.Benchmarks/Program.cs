using System.Globalization;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using Streamz.Dataflow;
using Streamz.Dataflow.Benchmarks.Cases;
using Streamz.Dataflow.Benchmarks.Cluster;
using Streamz.Dataflow.Benchmarks.Measuring;

if (StreamzWorker.IsWorker(args))
{
    await StreamzWorker.RunAsync(args);
    return;
}

switch (args)
{
    case ["cluster", .. var rest]:
        await ClusterContest.PrintAsync(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 3);
        return;

    case ["ratios", .. var rest]:
        var rounds = rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 15;
        object[] cases = [new FiveMaps(), new TenMaps(), new ParallelMap(), new FanOut(), new ZipOfTwo(), new UnionOfFour(), new ThreeBuffers(), new KeyedSubstreams(), new Windows(), new Producers(), new Tickets(), new Checkpoints(), new UnusedPolicy()];
        foreach (var @case in cases.Where(each => rest.Length < 2 || each.GetType().Name.Contains(rest[1], StringComparison.OrdinalIgnoreCase)))
        {
            await InterleavedRatios.PrintAsync(Contest.Of(@case), rounds);
        }

        await AkkaHost.StopAsync();
        return;

    case ["goals", .. var rest]:
        await Goals.PrintAsync(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 9);
        await SingleElementLatency.PrintAsync(3);
        await AkkaHost.StopAsync();
        return;

    case ["scale", .. var rest]:
        await Scale.PrintAsync(rest.Length > 0 ? long.Parse(rest[0], CultureInfo.InvariantCulture) : 100_000_000);
        return;

    case ["growth", .. var rest]:
        await Growth.PrintAsync(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 9, rest.Length > 1 ? rest[1] : ".");
        return;

    case ["marginal", .. var rest]:
        await MarginalCost.PrintAsync(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 25);
        await AkkaHost.StopAsync();
        return;

    case ["latency", .. var rest]:
        await SingleElementLatency.PrintAsync(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 10);
        return;

    default:
        var full = args.Contains("--full");
        var own = args.Any(each => each is "-j" or "--job");
        var arguments = args.Where(each => each != "--full").DefaultIfEmpty("--filter=*").ToArray();
        BenchmarkSwitcher.FromAssembly(typeof(FiveMaps).Assembly)
            .Run(arguments, BenchmarkConfig.Create(own ? null : full ? Job.Default : BenchmarkConfig.Short));
        return;
}
