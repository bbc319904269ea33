using Microsoft.Extensions.Configuration;

namespace Streamz.Dataflow.Hosting;

/// <summary>What the configuration says of one pipeline. Null is: as the code says.</summary>
internal sealed record PipelineSettings
{
    /// <summary>Those of a pipeline that the configuration does not mention.</summary>
    public static PipelineSettings None { get; } = new();

    /// <summary>The path of the section.</summary>
    public string Path { get; private init; } = "";

    public int? Capacity { get; private init; }

    public int? MaxWaitingEmits { get; private init; }

    /// <summary>The most that any node may work on at once.</summary>
    public int? MaxDegreeOfParallelism { get; private init; }

    /// <summary>For all nodes that can keep one and state none.</summary>
    public TimeSpan? Timeout { get; private init; }

    public bool? RequireSinks { get; private init; }

    public ErrorPolicySettings? OnError { get; private init; }

    public TimeSpan? DrainTimeout { get; private init; }

    public PipelineFaultBehavior? OnFault { get; private init; }

    public PipelineRestartOptions? Restart { get; private init; }

    /// <summary>By the names of the nodes, as the configuration spells them.</summary>
    public IReadOnlyDictionary<string, NodeSettings> Nodes { get; private init; } = new Dictionary<string, NodeSettings>();

    /// <summary>Reads the section of a pipeline.</summary>
    /// <param name="section">The section.</param>
    /// <param name="restart">What the code says of restarts, where the section does not.</param>
    /// <param name="errors">Gets a text for each value that is wrong, with its path.</param>
    public static PipelineSettings Read(IConfigurationSection section, PipelineRestartOptions restart, ICollection<string> errors)
    {
        var reader = new SettingsReader(section, errors);
        var settings = new PipelineSettings
        {
            Path = section.Path,
            Capacity = reader.Integer(nameof(Capacity), 1),
            MaxWaitingEmits = reader.Integer(nameof(MaxWaitingEmits), 0),
            MaxDegreeOfParallelism = reader.Integer(nameof(MaxDegreeOfParallelism), 1),
            Timeout = reader.Duration(nameof(Timeout), NodeSettings.LongestTimeout),
            RequireSinks = reader.Boolean(nameof(RequireSinks)),
            OnError = ErrorPolicySettings.Read(reader.Child(nameof(OnError))),
            DrainTimeout = reader.Duration(nameof(DrainTimeout), TimeSpan.FromDays(1), zero: true),
            OnFault = reader.Choice<PipelineFaultBehavior>(nameof(OnFault)),
            Restart = ReadRestart(reader.Child(nameof(Restart)), restart),
            Nodes = ReadNodes(reader.Child(nameof(Nodes)), errors),
        };
        reader.RefuseUnknown("a pipeline");
        return settings;
    }

    private static PipelineRestartOptions? ReadRestart(SettingsReader? reader, PipelineRestartOptions coded)
    {
        if (reader is null)
        {
            return null;
        }

        var longest = TimeSpan.FromDays(1);
        var restart = new PipelineRestartOptions
        {
            MaxRestarts = reader.Integer(nameof(coded.MaxRestarts), 0) ?? coded.MaxRestarts,
            Delay = reader.Duration(nameof(coded.Delay), longest, zero: true) ?? coded.Delay,
            MaxDelay = reader.Duration(nameof(coded.MaxDelay), longest) ?? coded.MaxDelay,
            UseJitter = reader.Boolean(nameof(coded.UseJitter)) ?? coded.UseJitter,
            ResetAfter = reader.Duration(nameof(coded.ResetAfter), longest, zero: true) ?? coded.ResetAfter,
        };
        reader.RefuseUnknown("a restart");
        foreach (var error in restart.Validate())
        {
            reader.Refuse(reader.Path, error);
        }

        return restart;
    }

    private static Dictionary<string, NodeSettings> ReadNodes(SettingsReader? reader, ICollection<string> errors)
    {
        if (reader?.Value is { } value)
        {
            reader.Refuse(reader.Path, $"'{value}' is a single value; it must hold a section for each node, with the name of the node.");
        }

        return reader?.Children.ToDictionary(child => child.Key, child => NodeSettings.Read(new SettingsReader(child, errors)), StringComparer.OrdinalIgnoreCase) ?? [];
    }
}
