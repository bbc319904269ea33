namespace Streamz.Dataflow.Samples.Running;

/// <summary>A program of its own, run by its name.</summary>
internal interface ISample
{
    string Name { get; }

    /// <summary>The arguments that it takes, as its usage line shows them.</summary>
    string Usage => string.Empty;

    /// <summary>What it shows, in a line.</summary>
    string Summary { get; }

    /// <summary>Runs it to its end, or until <see cref="SampleHost.Stopping"/>.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The arguments make no sense.</exception>
    Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments);

    /// <summary>Runs it so that it ends soon, needs nobody and no file: what <c>all</c> does.</summary>
    Task<int> RunBrieflyAsync(SampleHost host) => RunAsync(host, []);
}
