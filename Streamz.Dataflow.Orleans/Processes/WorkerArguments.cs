using System.Globalization;

namespace Streamz.Dataflow.Orleans.Processes;

/// <summary>What a process is told that is started as a worker of a cluster on this machine.</summary>
internal sealed record WorkerArguments(int PrimaryPort, int SiloPort, int GatewayPort, string ClusterId, int Threads, string Name, IReadOnlyCollection<string> TrustedAssemblies)
{
    private const string Mark = "--streamz-worker";

    public static bool AreIn(IReadOnlyList<string> arguments) => arguments.Contains(Mark);

    /// <summary>Reads what <see cref="ToArguments"/> has written.</summary>
    /// <exception cref="ArgumentException">The arguments are not those of a worker.</exception>
    public static WorkerArguments Parse(IReadOnlyList<string> arguments)
    {
        var parts = arguments.SkipWhile(argument => argument != Mark).Skip(1).ToList();
        return parts.Count == 7
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var primary)
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var silo)
            && int.TryParse(parts[2], CultureInfo.InvariantCulture, out var gateway)
            && int.TryParse(parts[4], CultureInfo.InvariantCulture, out var threads)
            ? new WorkerArguments(primary, silo, gateway, parts[3], threads, parts[5], parts[6].Split(','))
            : throw new ArgumentException($"'{string.Join(' ', arguments)}' is not what a worker is started with: {Mark} and seven values follow from OrleansCluster.StartAsync.", nameof(arguments));
    }

    public IEnumerable<string> ToArguments() =>
    [
        Mark,
        PrimaryPort.ToString(CultureInfo.InvariantCulture),
        SiloPort.ToString(CultureInfo.InvariantCulture),
        GatewayPort.ToString(CultureInfo.InvariantCulture),
        ClusterId,
        Threads.ToString(CultureInfo.InvariantCulture),
        Name,
        string.Join(',', TrustedAssemblies),
    ];
}
