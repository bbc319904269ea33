using Polly;

namespace Streamz.Dataflow.Hosting;

/// <summary>What the configuration says of failures: retries first, then a queue or an end.</summary>
/// <param name="Path">The path of the section.</param>
/// <param name="Retry">How many attempts after the first; null for none.</param>
/// <param name="Delay">The time between two attempts.</param>
/// <param name="Backoff">How that grows.</param>
/// <param name="UseJitter">Whether it varies at random.</param>
/// <param name="MaxDelay">The longest that it grows.</param>
/// <param name="DeadLetter">The name of the queue for what is left.</param>
/// <param name="Then">What happens to what is left.</param>
internal sealed record ErrorPolicySettings(
    string Path,
    int? Retry,
    TimeSpan Delay,
    DelayBackoffType Backoff,
    bool UseJitter,
    TimeSpan? MaxDelay,
    string? DeadLetter,
    PolicyEnd? Then)
{
    private const string Cure = "write Stop, Skip, or a section with Retry, DeadLetter or Then";

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public static ErrorPolicySettings? Read(SettingsReader? reader)
    {
        if (reader is null)
        {
            return null;
        }

        if (reader.Value is { } value)
        {
            if (Enum.TryParse<PolicyEnd>(value, ignoreCase: true, out var end) && Enum.IsDefined(end) && !char.IsAsciiDigit(value[0]))
            {
                return new ErrorPolicySettings(reader.Path, null, default, default, false, null, null, end);
            }

            reader.Refuse(reader.Path, $"'{value}' is no error policy; {Cure}.");
            return null;
        }

        var settings = new ErrorPolicySettings(
            reader.Path,
            reader.Integer(nameof(Retry), 1),
            reader.Duration(nameof(Delay), s_longest, zero: true) ?? TimeSpan.Zero,
            reader.Choice<DelayBackoffType>(nameof(Backoff)) ?? DelayBackoffType.Constant,
            reader.Boolean(nameof(UseJitter)) ?? false,
            reader.Duration(nameof(MaxDelay), s_longest),
            reader.Text(nameof(DeadLetter)),
            reader.Choice<PolicyEnd>(nameof(Then)));
        reader.RefuseUnknown("an error policy");
        if (settings is { DeadLetter: not null, Then: not null })
        {
            reader.Refuse(reader.Path, $"it names both the queue '{settings.DeadLetter}' and '{settings.Then}' for what is left. Keep one of DeadLetter and Then.");
        }
        else if (settings is { Retry: null, DeadLetter: null, Then: null })
        {
            reader.Refuse(reader.Path, $"it does not say what happens on a failure; {Cure}.");
        }

        return settings;
    }

    /// <summary>Makes the policy.</summary>
    /// <param name="queue">The queue that is named, if one is.</param>
    public ErrorPolicy ToPolicy(DeadLetterQueue? queue)
    {
        var end = queue is not null ? ErrorPolicy.DeadLetter(queue)
            : Then == PolicyEnd.Skip ? ErrorPolicy.Skip
            : Then == PolicyEnd.Stop ? ErrorPolicy.Stop
            : null;
        if (Retry is not { } attempts)
        {
            return end!;
        }

        var retry = ErrorPolicy.Retry(attempts, Delay, Backoff, UseJitter, MaxDelay);
        return end is null ? retry : retry.Then(end);
    }
}

/// <summary>The ends of a policy that need no further words.</summary>
internal enum PolicyEnd
{
    Stop,
    Skip,
}
