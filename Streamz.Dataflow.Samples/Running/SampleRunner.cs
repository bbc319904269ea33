using System.Text;

namespace Streamz.Dataflow.Samples.Running;

/// <summary>Finds the sample that the command line names, and runs it.</summary>
internal static class SampleRunner
{
    private const string Command = "dotnet run --project Streamz.Dataflow.Samples --";

    public static async Task<int> RunAsync(IReadOnlyList<ISample> samples, IReadOnlyList<string> arguments, SampleHost host)
    {
        switch (arguments)
        {
            case ["--help" or "-h" or "-?" or "help", ..]:
                await host.Output.WriteAsync(Help(samples));
                return ExitCode.Success;
            case ["list", ..]:
                await host.Output.WriteAsync(List(samples, indent: string.Empty));
                return ExitCode.Success;
            case ["all", ..]:
                return await RunAllAsync(samples, host);
            case [] or ["--" or ['-', _, ..], ..]:
                return await RunOneAsync(samples[0], arguments, host);
        }

        var sample = samples.FirstOrDefault(each => each.Name == arguments[0]);
        if (sample is null)
        {
            await host.Error.WriteAsync($"There is no sample '{arguments[0]}'. The samples are:\n{List(samples, indent: "  ")}");
            return ExitCode.Usage;
        }

        return await RunOneAsync(sample, [.. arguments.Skip(1)], host);
    }

    private static async Task<int> RunOneAsync(ISample sample, IReadOnlyList<string> arguments, SampleHost host)
    {
        if (arguments is ["--help" or "-h", ..])
        {
            await host.Output.WriteAsync($"{sample.Summary}\nUsage: {UsageOf(sample)}\n");
            return ExitCode.Success;
        }

        try
        {
            return await sample.RunAsync(host, arguments);
        }
        catch (UsageException mistake)
        {
            await host.Error.WriteAsync($"{sample.Name}: {mistake.Message}\nUsage: {UsageOf(sample)}\n");
            return ExitCode.Usage;
        }
    }

    private static async Task<int> RunAllAsync(IReadOnlyList<ISample> samples, SampleHost host)
    {
        var worst = ExitCode.Success;
        var plain = host with { Screen = null, ErrorScreen = null };
        foreach (var sample in samples)
        {
            if (host.Stopping.IsCancellationRequested)
            {
                return ExitCode.Interrupted;
            }

            await host.Output.WriteAsync($"=== {sample.Name}: {sample.Summary}\n");
            worst = Math.Max(worst, await sample.RunBrieflyAsync(plain));
            await host.Output.WriteAsync("\n");
        }

        return worst;
    }

    private static string Help(IReadOnlyList<ISample> samples) =>
        $"""
        Samples of Streamz.Dataflow.

        {Command} NAME [arguments]

          (no name)       {samples[0].Name}
          list            the names of the samples
          all             every sample, one after the other, briefly
          NAME --help     what a sample takes

        {List(samples, indent: "  ")}
        """.ReplaceLineEndings("\n");

    private static string List(IReadOnlyList<ISample> samples, string indent)
    {
        var width = samples.Max(sample => sample.Name.Length);
        var list = new StringBuilder();
        foreach (var sample in samples)
        {
            list.Append(indent).Append(sample.Name.PadRight(width)).Append("  ").Append(sample.Summary).Append('\n');
        }

        return list.ToString();
    }

    private static string UsageOf(ISample sample) => $"{Command} {sample.Name} {sample.Usage}".TrimEnd();
}
