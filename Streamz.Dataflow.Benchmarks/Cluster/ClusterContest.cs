using System.Diagnostics;
using System.Globalization;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cluster;

/// <summary>Our cluster beside streamz on Dask, in turn: the same pipelines, in one process and with two worker processes.</summary>
internal static class ClusterContest
{
    private const string Python = "/usr/bin/python3";

    private static readonly (string Case, string What, double? InProcess, double? Across)[] s_goals =
    [
        ("buffer5", "buffer(5), asked for in turn", 100, 20),
        ("buffer5ahead", "buffer(5), asked for ahead", 500, 50),
        ("buffer100", "buffer(100), asked for in turn", null, null),
        ("buffer100ahead", "buffer(100), asked for ahead", 1_000, 200),
        ("chunks", "chunks of 1,000 ints, buffer(5), ahead", null, null),
        ("numpychunks", "the same beside numpy", null, null),
        ("megabytes", "arrays of 1 MB of numbers, buffer(5), ahead", null, null),
        ("work", "5 ms of CPU each, buffer(20), ahead", null, null),
    ];

    public static async Task PrintAsync(int rounds)
    {
        await PrintScalingAsync(rounds);
        foreach (var processes in new[] { 0, 2 })
        {
            var (ours, dask) = (new Dictionary<string, List<double>>(), new Dictionary<string, List<double>>());
            for (var round = 0; round < rounds; round++)
            {
                Add(dask, await DaskAsync(processes));
                Add(ours, await OursAsync(processes));
            }

            Print(processes, ours, dask);
        }
    }

    private static void Add(Dictionary<string, List<double>> all, IEnumerable<(string Case, double Value)> round)
    {
        foreach (var (name, value) in round)
        {
            (all.TryGetValue(name, out var values) ? values : all[name] = []).Add(value);
        }
    }

    private static void Print(int processes, Dictionary<string, List<double>> ours, Dictionary<string, List<double>> dask)
    {
        Console.WriteLine(processes == 0 ? "\n### One process\n" : "\n### Two worker processes\n");
        Console.WriteLine("| case | ours, elements/s | Dask | ratio | goal | |");
        Console.WriteLine("|---|---:|---:|---:|---:|---|");
        foreach (var (name, what, inProcess, across) in s_goals)
        {
            var rival = dask.GetValueOrDefault(name) ?? dask.GetValueOrDefault(name.Replace("ahead", "", StringComparison.Ordinal)) ?? [];
            var mine = ours.GetValueOrDefault(name) ?? ours["chunks"];
            var goal = processes == 0 ? inProcess : across;
            var ratio = Median(mine) / Median(rival);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {Median(mine):N0} | {Median(rival):N0} | {ratio:N0} | {(goal is null ? "" : $"{goal:N0}")} | {(goal is null ? "" : ratio >= goal ? "met" : "**not met**")} |"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nOne element: {Median(ours["latency"]):N0} µs (p99 {Median(ours["p99"]):N0}); Dask {Median(dask["latency"]):N0} µs. Goal: {(processes == 0 ? 20 : 300)} µs. Chunks of 1,000: goal across processes 5,000,000 elements/s."));
    }

    private static double Median(List<double> values) => values.Count == 0 ? double.NaN : values.Order().ElementAt(values.Count / 2);

    private static async Task<List<(string, double)>> DaskAsync(int processes)
    {
        if (!File.Exists(Python))
        {
            return [];
        }

        var script = Path.Combine(AppContext.BaseDirectory, "Cluster", "streamz_on_dask.py");
        using var child = Process.Start(new ProcessStartInfo(Python, [script, processes.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = child.StandardError.ReadToEndAsync();
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        if (child.ExitCode != 0)
        {
            Console.Error.WriteLine($"Dask: {await errors}");
        }

        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Select(parts => (parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture)))];
    }

    private static async Task<List<(string, double)>> OursAsync(int processes)
    {
        var results = new List<(string, double)>();
        await using var cluster = await OrleansCluster.StartAsync(options => options.Processes = processes);
        for (var warmUp = 0; warmUp < 24; warmUp++)
        {
            await RunAsync(cluster, Enumerable.Range(0, 5_000), s_increment, 5, warmUp % 2 == 0);
            await RunAsync(cluster, Enumerable.Range(0, 20_000), s_increment, 100, true);
            await Task.Delay(InterleavedRatios.Compilation);
        }

        var (few, many) = processes == 0 ? (50_000, 300_000) : (10_000, 60_000);
        results.Add(("buffer5", few / await RunAsync(cluster, Enumerable.Range(0, few), s_increment, 5, false)));
        results.Add(("buffer5ahead", few / await RunAsync(cluster, Enumerable.Range(0, few), s_increment, 5, true)));
        results.Add(("buffer100", few / await RunAsync(cluster, Enumerable.Range(0, few), s_increment, 100, false)));
        results.Add(("buffer100ahead", many / await RunAsync(cluster, Enumerable.Range(0, many), s_increment, 100, true)));
        results.AddRange(await LatencyAsync(cluster, 3_000));
        var chunk = Enumerable.Range(0, 1_000).ToArray();
        results.Add(("chunks", 1_000.0 * few / await RunAsync(cluster, Enumerable.Repeat(chunk, few), static chunk => Array.ConvertAll(chunk, static x => x + 1), 5, true)));
        var large = Enumerable.Range(0, 125_000).Select(x => (double)x).ToArray();
        results.Add(("megabytes", 300 / await RunAsync(cluster, Enumerable.Repeat(large, 300), static array => Array.ConvertAll(array, static x => x + 1), 5, true)));
        results.Add(("work", 400 / await RunAsync(cluster, Enumerable.Range(0, 400), Burning(), 20, true)));
        return results;
    }

    private static async Task<double> RunAsync<T, TResult>(OrleansCluster cluster, IEnumerable<T> elements, Func<T, TResult> function, int buffer, bool askAhead)
    {
        await using var source = new StreamSource<T>();
        var (seen, sent) = (0, 0);
        source.Scatter(cluster, new NodeOptions { Capacity = 128 }).Map(function).Buffer(buffer).Gather(askAhead: askAhead).Sink(_ => seen++);
        source.Start();
        var began = Stopwatch.GetTimestamp();
        foreach (var element in elements)
        {
            await source.EmitAsync(element);
            sent++;
        }

        await source.CompleteAsync();
        return seen == sent ? Stopwatch.GetElapsedTime(began).TotalSeconds : throw new InvalidOperationException($"{seen} of {sent} have come.");
    }

    private static async Task<List<(string, double)>> LatencyAsync(OrleansCluster cluster, int rounds)
    {
        await using var source = new StreamSource<int>();
        source.Scatter(cluster).Map(static x => x + 1).Gather().Sink(_ => { });
        source.Start();
        var times = new double[rounds];
        for (var i = 0; i < rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await source.DeliverAsync(i);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        }

        Array.Sort(times);
        await source.CompleteAsync();
        return [("latency", times[rounds / 2]), ("p99", times[rounds * 99 / 100])];
    }

    /// <summary>One worker and two, a thread each: what a further one brings.</summary>
    private static async Task PrintScalingAsync(int rounds)
    {
        var (ratios, rates) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var seconds = new List<double>();
            foreach (var processes in new[] { 1, 2 })
            {
                await using var cluster = await OrleansCluster.StartAsync(options => (options.Processes, options.ThreadsPerWorker) = (processes, 1));
                for (var warmUp = 0; warmUp < 4; warmUp++)
                {
                    await RunAsync(cluster, Enumerable.Range(0, 500), Burning(), 20, true);
                    await Task.Delay(InterleavedRatios.Compilation);
                }

                seconds.Add(await RunAsync(cluster, Enumerable.Range(0, 4_000), Burning(), 20, true));
            }

            ratios.Add(seconds[0] / seconds[1]);
            rates.Add(4_000 / seconds[1]);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nTwo workers of one thread give {Median(ratios):0.00} times the rate of one ({Median(rates):N0} elements/s), at 5 ms of CPU an element. Goal: 1.70."));
    }

    /// <summary>Five milliseconds of the processor, as this process has measured them: all workers do the same work.</summary>
    private static Func<int, int> Burning()
    {
        var turns = s_turns;
        return x => Burn(x, turns);
    }

    private static int Burn(int x, int turns)
    {
        var value = (uint)x;
        for (var i = 0; i < turns; i++)
        {
            value = (value * 1_664_525) + 1_013_904_223;
        }

        return value == 0 ? x : x + 1;
    }

    private static readonly Func<int, int> s_increment = static x => x + 1;
    private static readonly int s_turns = Turns();

    private static int Turns()
    {
        const int Probe = 20_000_000;
        var value = 1u;
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Probe; i++)
        {
            value = (value * 1_664_525) + 1_013_904_223;
        }

        return (int)(Probe * 5 / Stopwatch.GetElapsedTime(began).TotalMilliseconds) + (value == 0 ? 1 : 0);
    }
}
