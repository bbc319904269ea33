using System.Diagnostics;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>Many pipelines, long ones, and ones that run for long: time to start and stop, and memory.</summary>
internal static class Scale
{
    private const int Pipelines = 10_000;
    private const int Nodes = 2_000;

    public static async Task PrintAsync(long elements)
    {
        Console.WriteLine("\n### Scale\n");
        Console.WriteLine("| what | measured |");
        Console.WriteLine("|---|---|");

        // Once for the compiler of the runtime.
        await ManyPipelinesAsync(100);
        var (start, stop, bytes) = await ManyPipelinesAsync(Pipelines);
        Print($"{Pipelines:N0} open pipelines of a map and a sink", $"{start.TotalMicroseconds / Pipelines:0.0} µs to start one, {stop.TotalMicroseconds / Pipelines:0.0} µs to stop it, {bytes / Pipelines:N0} B each");

        await LongPipelineAsync(10);
        (start, stop, bytes) = await LongPipelineAsync(Nodes);
        Print($"one pipeline of {Nodes:N0} maps", $"{start.TotalMicroseconds / Nodes:0.0} µs to start a node, {stop.TotalMicroseconds / Nodes:0.0} µs to stop it, {bytes / Nodes:N0} B each");

        var (before, after) = await SlowSinkAsync(elements);
        Print($"{elements:N0} elements past a sink that waits for a timer now and then", $"{before / 1024:N0} KiB held after the first hundredth, {after / 1024:N0} KiB at the end");
    }

    private static void Print(FormattableString what, FormattableString measured) =>
        Console.WriteLine($"| {FormattableString.Invariant(what)} | {FormattableString.Invariant(measured)} |");

    private static async Task<(TimeSpan Start, TimeSpan Stop, long Bytes)> ManyPipelinesAsync(int count)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sum = 0L;
        var sources = new StreamSource<long>[count];
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            sources[i] = new StreamSource<long>();
            sources[i].Map(Work.Increment).Sink(value => Interlocked.Add(ref sum, value));
            sources[i].Start();
        }

        var started = Stopwatch.GetElapsedTime(began);
        foreach (var source in sources)
        {
            await source.EmitAsync(1);
        }

        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        began = Stopwatch.GetTimestamp();
        foreach (var source in sources)
        {
            await source.CompleteAsync();
        }

        return sum == 2L * count
            ? (started, Stopwatch.GetElapsedTime(began), bytes)
            : throw new InvalidOperationException($"The sinks saw {sum}, not {2L * count}.");
    }

    private static async Task<(TimeSpan Start, TimeSpan Stop, long Bytes)> LongPipelineAsync(int nodes)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var seen = 0L;
        var began = Stopwatch.GetTimestamp();
        var source = new StreamSource<long>();
        Stream<long> last = source;
        for (var i = 0; i < nodes; i++)
        {
            last = last.Map(Work.Increment);
        }

        last.Sink(value => seen = value);
        var pipeline = source.Start();
        var started = Stopwatch.GetElapsedTime(began);
        await source.EmitAsync(0);
        await pipeline.WhenIdleAsync();
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        began = Stopwatch.GetTimestamp();
        await source.CompleteAsync();
        return seen == nodes
            ? (started, Stopwatch.GetElapsedTime(began), bytes)
            : throw new InvalidOperationException($"The sink saw {seen}, not {nodes}.");
    }

    private static async Task<(long Before, long After)> SlowSinkAsync(long elements)
    {
        var seen = 0L;
        var source = new StreamSource<long>();
        var pause = elements / 1_000;
        source.Map(Work.Increment).Sink(_ => ++seen % pause == 0 ? new ValueTask(Task.Delay(1)) : default);
        var early = 0L;
        for (var i = 0L; i < elements; i++)
        {
            await source.EmitAsync(i);
            if (i == elements / 100)
            {
                early = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        var late = GC.GetTotalMemory(forceFullCollection: true);
        await source.CompleteAsync();
        return seen == elements ? (early, late) : throw new InvalidOperationException($"The sink saw {seen}, not {elements}.");
    }
}
