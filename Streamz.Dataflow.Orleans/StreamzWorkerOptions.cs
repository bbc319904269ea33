using System.Reflection;

namespace Streamz.Dataflow;

/// <summary>The settings of a worker.</summary>
public sealed class StreamzWorkerOptions
{
    private static readonly TimeSpan s_shortestSilence = TimeSpan.FromSeconds(3);

    /// <summary>The name that errors and metrics give the worker.</summary>
    /// <value>The default is null: the address of the silo.</value>
    public string? Name { get; set; }

    /// <summary>How many functions run at once, each on a thread of its own.</summary>
    /// <value>The default is the number of processors.</value>
    public int Threads { get; set; } = Environment.ProcessorCount;

    /// <summary>
    /// The simple names of the assemblies whose functions the worker runs. Whoever reaches the port of a silo can have any method of these called that has a
    /// fitting shape; assemblies of the framework are never trusted.
    /// </summary>
    /// <value>The default is the assembly of the program.</value>
    public ISet<string> TrustedAssemblies { get; } = DefaultTrust();

    /// <summary>Tells which types are serialised as JSON, with their fields and properties, for want of a serializer of Orleans. Coordinators and workers must agree.</summary>
    /// <value>The default is null: none.</value>
    public Func<Type, bool>? JsonTypes { get; set; }

    /// <summary>After how long without a word of a coordinator its values are dropped.</summary>
    /// <value>Three seconds or more; the default is a minute.</value>
    public TimeSpan ForgetCoordinatorAfter { get; set; } = TimeSpan.FromMinutes(1);

    internal static ISet<string> DefaultTrust() =>
        Assembly.GetEntryAssembly()?.GetName().Name is { } program ? new HashSet<string> { program } : new HashSet<string>();

    /// <summary>What is wrong with the settings.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Threads < 1)
        {
            yield return $"StreamzWorkerOptions.Threads is {Threads}; it must be one or more.";
        }

        if (Name is not null && string.IsNullOrWhiteSpace(Name))
        {
            yield return $"StreamzWorkerOptions.Name is '{Name}'; give the worker a name, or leave it out.";
        }

        if (ForgetCoordinatorAfter < s_shortestSilence)
        {
            yield return $"StreamzWorkerOptions.ForgetCoordinatorAfter is {ForgetCoordinatorAfter}; it must be {s_shortestSilence} or more, since coordinators say something every second only.";
        }

        if (TrustedAssemblies.Count == 0)
        {
            yield return "StreamzWorkerOptions.TrustedAssemblies is empty, so that the worker could run nothing. Name the assemblies whose functions it may run.";
        }
    }
}
