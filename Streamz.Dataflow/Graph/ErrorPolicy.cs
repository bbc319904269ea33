using System.Runtime.CompilerServices;
using Polly;
using Polly.Retry;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Graph.Errors;

namespace Streamz.Dataflow;

/// <summary>What a node does when it fails on an element. An immutable value, made of steps that a failure meets one after the other.</summary>
/// <remarks>
/// <para>
/// A step that does not take a failure (<see cref="For{TException}"/>, <see cref="When"/>), or has given up on it (<see cref="Retry(int, TimeSpan, DelayBackoffType, bool, TimeSpan?)"/>),
/// leaves it to the next: <c>ErrorPolicy.Retry(3).For&lt;HttpRequestException&gt;().Then(ErrorPolicy.DeadLetter(dead))</c>. Behind the last step of a
/// node's policy comes the policy of the pipeline, and behind that <see cref="Stop"/>. A failure never goes back to a step before.
/// </para>
/// <para>
/// A timeout of <see cref="NodeOptions.Timeout"/> and an <see cref="OperationCanceledException"/> of the user's own are failures like any other. What
/// ends because the pipeline stops is none.
/// </para>
/// </remarks>
public sealed class ErrorPolicy : IEquatable<ErrorPolicy>
{
    private ErrorPolicy(params IReadOnlyList<PolicyStep> steps) => Steps = steps;

    /// <summary>
    /// The pipeline stops: intake is refused, what is ahead of the failed element is still delivered, the rest is abandoned,
    /// and every caller gets a <see cref="NodeFailedException"/>. The default.
    /// </summary>
    public static ErrorPolicy Stop { get; } = new(new StopStep());

    /// <summary>The element is dropped, counted and logged; the elements before and after it go on.</summary>
    public static ErrorPolicy Skip { get; } = new(new SkipStep());

    internal IReadOnlyList<PolicyStep> Steps { get; }

    /// <summary>The queues that a failure may go to.</summary>
    internal IEnumerable<DeadLetterQueue> Queues => Steps.SelectMany(step => step.Queues);

    /// <summary>Whether every failure is settled by this policy, so that nothing can come behind.</summary>
    internal bool TakesEverything => Steps[^1] is { Settles: true, Condition: null };

    /// <summary>Whether a part of the policy asks for another attempt.</summary>
    internal bool HasRetry => Steps.Any(step => step is RetryStep);

    /// <summary>
    /// The node tries the element again, by Polly's own retry strategy. The element keeps its place meanwhile, so that order and back-pressure hold;
    /// the times are those of <see cref="StreamOptions.TimeProvider"/>. An attempt that has pushed something on already is not repeated, since that
    /// would come twice: its failure goes to the next step.
    /// </summary>
    /// <param name="maxRetryAttempts">How many attempts after the first; one or more.</param>
    /// <param name="delay">The time between two attempts, at most a day. The default is none.</param>
    /// <param name="backoff">How the time grows from attempt to attempt. The default is <see cref="DelayBackoffType.Constant"/>.</param>
    /// <param name="useJitter">Whether the time varies at random, so that many who failed together do not come back together. The default is false.</param>
    /// <param name="maxDelay">The longest that the time grows, more than zero and at most a day; <see langword="null"/> for no bound.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static ErrorPolicy Retry(
        int maxRetryAttempts,
        TimeSpan delay = default,
        DelayBackoffType backoff = DelayBackoffType.Constant,
        bool useJitter = false,
        TimeSpan? maxDelay = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRetryAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, RetryStep.LongestDelay);
        if (!Enum.IsDefined(backoff))
        {
            throw new ArgumentOutOfRangeException(nameof(backoff), backoff, $"{(int)backoff} is no {nameof(DelayBackoffType)}. Use Constant, Linear or Exponential.");
        }

        if (maxDelay is { } longest)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(longest, TimeSpan.Zero, nameof(maxDelay));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(longest, RetryStep.LongestDelay, nameof(maxDelay));
        }

        return new ErrorPolicy(new CountedRetry(maxRetryAttempts, delay, backoff, useJitter, maxDelay));
    }

    /// <summary>
    /// The node tries the element again, as Polly's retry options say: which exceptions, how often, when. The times are those of
    /// <see cref="StreamOptions.TimeProvider"/>. Options that do not say which exceptions retry all but <see cref="OperationCanceledException"/>.
    /// </summary>
    /// <param name="options">The options; they are copied.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">Polly refuses the options.</exception>
    public static ErrorPolicy Retry(RetryStrategyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ErrorPolicy(new StrategyRetry(options));
    }

    /// <summary>
    /// Each call of the node for an element is made through a pipeline of Polly's, the first call included: retries, timeouts, circuit breakers and rate
    /// limits of the user's, with a clock of its own. Its token reaches the node's delegate. If a <c>Retry</c> or <c>Decide</c> comes before, the pipeline
    /// is entered with the failure that they left.
    /// </summary>
    /// <remarks>
    /// A failure that a step before takes, that <see cref="For{TException}"/> or <see cref="When"/> keep away, or of an attempt that has pushed something on already,
    /// is hidden from the pipeline, which sees a success. Strategies that make several calls at once (hedging) fail the element: a node works on an
    /// element once at a time.
    /// </remarks>
    /// <param name="pipeline">The pipeline; it may be shared by nodes and pipelines.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pipeline"/> is null.</exception>
    public static ErrorPolicy Retry(ResiliencePipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return new ErrorPolicy(new PipelineRetry(pipeline));
    }

    /// <summary>
    /// The element, its failure and its ticket become an element of another stream, which the user handles like any. The node waits while the queue has no
    /// place; the emitted element is delivered when the branch behind the queue has finished with its letter.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    public static ErrorPolicy DeadLetter(DeadLetterQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return new ErrorPolicy(new DeadLetterStep(queue));
    }

    /// <summary>
    /// Asks at each failure what to do. An answer with a retry holds until that retry has given up; then the next failure is asked about, so that a
    /// delegate that always answers with a retry retries for ever: see <see cref="ElementFailure.Attempts"/>. If the answer leaves the failure open,
    /// it goes to the step behind.
    /// </summary>
    /// <param name="decide">Says what to do. If it throws or returns null, the pipeline stops.</param>
    /// <param name="queues">The queues that an answer may name; they become a part of the graph.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="decide"/>, <paramref name="queues"/> or one of them is null.</exception>
    public static ErrorPolicy Decide(Func<ElementFailure, ErrorPolicy> decide, params DeadLetterQueue[] queues)
    {
        ArgumentNullException.ThrowIfNull(decide);
        ArgumentNullException.ThrowIfNull(queues);
        foreach (var queue in queues)
        {
            ArgumentNullException.ThrowIfNull(queue, nameof(queues));
        }

        return new ErrorPolicy(new DecideStep(decide, [.. queues]));
    }

    /// <summary>Limits this policy to exceptions of a type, and of those derived from it: others go on to what follows.</summary>
    /// <typeparam name="TException">The type of the exceptions.</typeparam>
    /// <returns>The limited policy.</returns>
    /// <exception cref="InvalidOperationException">The policy is limited already to exceptions that are never of this type.</exception>
    public ErrorPolicy For<TException>()
        where TException : Exception
    {
        var other = Steps.Select(step => step.FindContradiction(typeof(TException))).FirstOrDefault(type => type is not null);
        return other is null
            ? Limit(FailureCondition.OfType(typeof(TException)))
            : throw new InvalidOperationException(
                $"'{this}' is limited to {other.Name} already, and no exception is that and {typeof(TException).Name}. Use When with a predicate that accepts both.");
    }

    /// <summary>Limits this policy to the exceptions that a predicate accepts: others go on to what follows.</summary>
    /// <param name="predicate">Whether the policy is for an exception. If it throws, the pipeline stops.</param>
    /// <param name="expression">Filled in by the compiler, for the text of the policy.</param>
    /// <returns>The limited policy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="predicate"/> is null.</exception>
    public ErrorPolicy When(Func<Exception, bool> predicate, [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Limit(FailureCondition.Of(predicate, DelegateText.Of(expression)));
    }

    /// <summary>Says what happens to the failures that this policy does not take, or has given up on.</summary>
    /// <param name="next">The policy for them.</param>
    /// <returns>Both policies, one behind the other.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="next"/> is null.</exception>
    /// <exception cref="ArgumentException">No failure can ever reach <paramref name="next"/>, or a part of it.</exception>
    public ErrorPolicy Then(ErrorPolicy next)
    {
        ArgumentNullException.ThrowIfNull(next);
        foreach (var step in next.Steps)
        {
            if (Steps.FirstOrDefault(before => before.Covers(step)) is { } cover)
            {
                throw new ArgumentException(
                    $"'{step}' behind '{this}' can never be reached: '{cover}' settles every failure that it is for. Leave it out, put it in front, or limit what is before it with For or When.",
                    nameof(next));
            }
        }

        return new ErrorPolicy([.. Steps, .. next.Steps]);
    }

    /// <inheritdoc/>
    public bool Equals(ErrorPolicy? other) => other is not null && Steps.SequenceEqual(other.Steps);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ErrorPolicy);

    /// <inheritdoc/>
    public override int GetHashCode() => Steps.Aggregate(0, HashCode.Combine);

    /// <summary>The policy in words, for example <c>retry 3 times for HttpRequestException, then skip</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Join(", then ", Steps);

    private ErrorPolicy Limit(FailureCondition condition) => new([.. Steps.Select(step => step with { Condition = condition with { And = step.Condition } })]);
}
