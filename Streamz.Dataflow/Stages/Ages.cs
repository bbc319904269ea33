namespace Streamz.Dataflow.Stages;

/// <summary>Timestamps of a clock as ages, in which form they outlive the process.</summary>
internal static class Ages
{
    /// <summary>The timestamp at which something began that is so old now.</summary>
    public static long GetTimestampBefore(this TimeProvider clock, TimeSpan age) =>
        clock.GetTimestamp() - (long)(age.Ticks * ((double)clock.TimestampFrequency / TimeSpan.TicksPerSecond));

    /// <summary>Has the stage served when something that is so old now reaches its age.</summary>
    /// <returns>The timestamp at which it began.</returns>
    public static long ScheduleTickAtAge(this StageContext context, TimeSpan limit, TimeSpan age)
    {
        context.ScheduleTick(limit - age);
        return context.TimeProvider.GetTimestampBefore(age);
    }

    /// <summary>An element that is held, as a value and its age.</summary>
    public static Aged<T> ToAged<T>(this TimeProvider clock, Element<T> element, long arrived) => new(element.Value, clock.GetElapsedTime(arrived));
}

/// <summary>A value that is held, and for how long it is.</summary>
internal sealed record Aged<T>(T Value, TimeSpan Age);
