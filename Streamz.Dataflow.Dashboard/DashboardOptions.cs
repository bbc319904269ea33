namespace Streamz.Dataflow.Dashboard;

/// <summary>What the dashboard shows, and what may be done there.</summary>
public sealed class DashboardOptions
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    /// <summary>The time between two readings of the pipelines, while anybody watches. All who watch share them.</summary>
    /// <value>From 200 milliseconds to one minute; the default is 500 milliseconds.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Whether elements are shown that nodes failed on. They may be private data: then everybody who can open the page sees them. The texts of exceptions are
    /// shown in any case.
    /// </summary>
    /// <value>The default is <see langword="false"/>: an element is not even kept, unless it could be replayed.</value>
    public bool ShowElements { get; set; }

    /// <summary>
    /// The authorization policy of the app by which users may pause and resume nodes, change their rate and parallelism, and replay dead letters. Each action
    /// asks for it.
    /// </summary>
    /// <value>The name of a policy; the default is <see langword="null"/>: nobody may.</value>
    public string? ControlsPolicy { get; set; }

    /// <summary>Whether latencies are measured while anybody watches. That costs each element a ticket where it is emitted, in all pipelines of the process.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool MeasureLatency { get; set; } = true;

    /// <summary>How many readings the plots show, and how many dead letters and entries of the log are kept for each pipeline.</summary>
    /// <value>From 10 to 10,000; the default is 600, which is five minutes at the default interval.</value>
    public int History { get; set; } = 600;

    /// <summary>The clusters whose workers are shown, besides those that are registered in the app's services as <see cref="ICluster"/>.</summary>
    /// <value>The default is none.</value>
    public IList<ICluster> Clusters { get; } = [];

    /// <summary>Makes options, and refuses those that cannot be.</summary>
    internal static DashboardOptions Create(Action<DashboardOptions>? configure)
    {
        var options = new DashboardOptions();
        configure?.Invoke(options);
        if (options.Interval < s_shortest || options.Interval > s_longest)
        {
            throw new ArgumentOutOfRangeException(
                nameof(configure), options.Interval, $"{nameof(Interval)} is {options.Interval}; it must be from {s_shortest} to {s_longest}. Leave it out for half a second.");
        }

        if (options.History is < 10 or > 10_000)
        {
            throw new ArgumentOutOfRangeException(nameof(configure), options.History, $"{nameof(History)} is {options.History}; it must be from 10 to 10,000. Leave it out for 600.");
        }

        if (options.ControlsPolicy is { } policy && string.IsNullOrWhiteSpace(policy))
        {
            throw new ArgumentException(
                $"{nameof(ControlsPolicy)} is '{policy}'; it must be the name of an authorization policy of the app. Leave it out to have no controls.", nameof(configure));
        }

        return options;
    }
}
