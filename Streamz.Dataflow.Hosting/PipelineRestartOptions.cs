namespace Streamz.Dataflow.Hosting;

/// <summary>How a pipeline that has failed is started again.</summary>
/// <remarks>
/// The time before a restart is <see cref="Delay"/>, doubled with each failure up to <see cref="MaxDelay"/>, by the clock of the services. A run that has lasted
/// <see cref="ResetAfter"/> begins the count anew. Elements that were in the pipeline when it failed are lost, as their emitters are told; those of sources with
/// checkpoints come again.
/// </remarks>
public sealed record PipelineRestartOptions
{
    /// <summary>How often in a row the pipeline is started again. The failure after that stops the host.</summary>
    /// <value>Zero or more. The default is <see langword="null"/>: as often as it takes.</value>
    public int? MaxRestarts { get; init; }

    /// <summary>The time before the first restart.</summary>
    /// <value>Zero or more. The default is one second.</value>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that the time grows.</summary>
    /// <value>At least <see cref="Delay"/>, at most a day. The default is one minute.</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether the time is shortened at random, down to its half, so that many services that failed together do not come back together.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool UseJitter { get; init; } = true;

    /// <summary>How long a run must last for the count of restarts, and the time before the next one, to begin anew.</summary>
    /// <value>Zero or more. The default is five minutes.</value>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The time before a restart.</summary>
    /// <param name="restarts">How many there were in a row.</param>
    internal TimeSpan DelayBefore(int restarts)
    {
        var seconds = Math.Min(Delay.TotalSeconds * Math.Pow(2, restarts), MaxDelay.TotalSeconds);
        return TimeSpan.FromSeconds(UseJitter ? seconds * (0.5 + (Random.Shared.NextDouble() / 2)) : seconds);
    }

    /// <summary>What is wrong with the values, each with its name and the cure.</summary>
    internal IEnumerable<string> Validate()
    {
        if (MaxRestarts < 0)
        {
            yield return $"{nameof(MaxRestarts)} is {MaxRestarts}; it must be zero or more, or left out for no limit.";
        }

        if (Delay < TimeSpan.Zero)
        {
            yield return $"{nameof(Delay)} is {Delay}; it must not be negative.";
        }

        if (MaxDelay < Delay || MaxDelay > TimeSpan.FromDays(1))
        {
            yield return $"{nameof(MaxDelay)} is {MaxDelay}; it must be at least {nameof(Delay)}, which is {Delay}, and at most a day.";
        }

        if (ResetAfter < TimeSpan.Zero)
        {
            yield return $"{nameof(ResetAfter)} is {ResetAfter}; it must not be negative.";
        }
    }
}
