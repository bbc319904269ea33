using System.Globalization;
using System.Text;
using Polly;
using Polly.Retry;

namespace Streamz.Dataflow.Graph.Errors;

/// <summary>One step of an error policy.</summary>
internal abstract record PolicyStep
{
    /// <summary>Which exceptions it is for; null for all.</summary>
    public FailureCondition? Condition { get; init; }

    /// <summary>Whether a failure that it takes never goes on to the next step.</summary>
    public virtual bool Settles => true;

    /// <summary>The queues that it may send an element to.</summary>
    public virtual IReadOnlyList<DeadLetterQueue> Queues => [];

    protected abstract string Text { get; }

    public bool Takes(Exception failure) => Condition?.Accepts(failure) != false;

    /// <summary>Whether no failure that another step is for can get past this one.</summary>
    public bool Covers(PolicyStep other) => Settles && (Condition is null || Condition.Covers(other.Condition));

    public Type? FindContradiction(Type type) => Condition?.FindContradiction(type);

    public sealed override string ToString() => Condition is null ? Text : $"{Text} {Condition}";
}

internal sealed record StopStep : PolicyStep
{
    protected override string Text => "stop";
}

internal sealed record SkipStep : PolicyStep
{
    protected override string Text => "skip";
}

internal sealed record DeadLetterStep(DeadLetterQueue Queue) : PolicyStep
{
    public override IReadOnlyList<DeadLetterQueue> Queues => [Queue];

    protected override string Text => $"dead letter to '{Queue.Node}'";
}

internal sealed record DecideStep(Func<ElementFailure, ErrorPolicy> Decide, IReadOnlyList<DeadLetterQueue> May) : PolicyStep
{
    public override bool Settles => false;

    public override IReadOnlyList<DeadLetterQueue> Queues => May;

    protected override string Text => "decide";
}

/// <summary>A step that asks for further attempts.</summary>
internal abstract record RetryStep : PolicyStep
{
    /// <summary>The longest that Polly waits between two attempts.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    public sealed override bool Settles => false;

    /// <summary>The pipeline that decides on further attempts, waiting by the given clock.</summary>
    public abstract ResiliencePipeline Build(TimeProvider clock);

    protected static ResiliencePipeline Build(RetryStrategyOptions options, TimeProvider clock) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(options).Build();
}

/// <summary>A number of attempts.</summary>
internal sealed record CountedRetry(int Max, TimeSpan Delay, DelayBackoffType Backoff, bool UseJitter, TimeSpan? MaxDelay) : RetryStep
{
    protected override string Text
    {
        get
        {
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"retry {Max} {(Max == 1 ? "time" : "times")}");
            if (Delay > TimeSpan.Zero)
            {
                text.Append(CultureInfo.InvariantCulture, $" after {Duration.Text(Delay)}");
                text.Append(Backoff switch
                {
                    DelayBackoffType.Linear => ", growing",
                    DelayBackoffType.Exponential => ", doubling",
                    _ => "",
                });
                text.Append(MaxDelay is { } longest ? $" up to {Duration.Text(longest)}" : "");
            }

            return text.ToString();
        }
    }

    public override ResiliencePipeline Build(TimeProvider clock) => Build(
        new RetryStrategyOptions
        {
            MaxRetryAttempts = Max,
            Delay = Delay,
            BackoffType = Backoff,
            UseJitter = UseJitter,
            MaxDelay = MaxDelay,

            // Cancellations as well: which of them are the end of the run is known before.
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is not null),
        },
        clock);
}

/// <summary>Retry options of Polly's.</summary>
internal sealed record StrategyRetry : RetryStep
{
    private readonly RetryStrategyOptions _options;

    public StrategyRetry(RetryStrategyOptions options)
    {
        _options = new RetryStrategyOptions
        {
            Name = options.Name,
            MaxRetryAttempts = options.MaxRetryAttempts,
            BackoffType = options.BackoffType,
            UseJitter = options.UseJitter,
            Delay = options.Delay,
            MaxDelay = options.MaxDelay,
            ShouldHandle = options.ShouldHandle,
            DelayGenerator = options.DelayGenerator,
            OnRetry = options.OnRetry,
            Randomizer = options.Randomizer,
        };
        try
        {
            Build(TimeProvider.System);
        }
        catch (System.ComponentModel.DataAnnotations.ValidationException invalid)
        {
            throw new ArgumentException($"The options of a retry are not valid. {invalid.Message}", nameof(options), invalid);
        }
    }

    protected override string Text => string.Create(CultureInfo.InvariantCulture, $"retry {_options.MaxRetryAttempts} {(_options.MaxRetryAttempts == 1 ? "time" : "times")} by options");

    public override ResiliencePipeline Build(TimeProvider clock) => Build(_options, clock);
}

/// <summary>A ready pipeline, which is around every call and has a clock of its own.</summary>
internal sealed record PipelineRetry(ResiliencePipeline Pipeline) : RetryStep
{
    protected override string Text => "retry by a resilience pipeline";

    public override ResiliencePipeline Build(TimeProvider clock) => Pipeline;
}
