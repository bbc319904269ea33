namespace Streamz.Dataflow.Hosting;

/// <summary>What the configuration says of one named node. Null is: as the code says.</summary>
/// <param name="Path">The path of the section.</param>
/// <param name="Capacity">How many elements it may hold.</param>
/// <param name="MaxDegreeOfParallelism">How many elements it works on at once.</param>
/// <param name="RateLimit">The time between two elements.</param>
/// <param name="Timeout">How long its delegate may work on one element.</param>
/// <param name="OnError">What it does on a failure.</param>
internal sealed record NodeSettings(string Path, int? Capacity, int? MaxDegreeOfParallelism, TimeSpan? RateLimit, TimeSpan? Timeout, ErrorPolicySettings? OnError)
{
    /// <summary>The longest that a timer takes is a little more.</summary>
    internal static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(49);

    public static NodeSettings Read(SettingsReader reader)
    {
        var settings = new NodeSettings(
            reader.Path,
            reader.Integer(nameof(Capacity), 1),
            reader.Integer(nameof(MaxDegreeOfParallelism), 1),
            reader.Duration(nameof(RateLimit), TimeSpan.FromDays(24)),
            reader.Duration(nameof(Timeout), LongestTimeout),
            ErrorPolicySettings.Read(reader.Child(nameof(OnError))));
        reader.RefuseUnknown("a node");
        return settings;
    }
}
