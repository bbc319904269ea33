using System.Runtime.ExceptionServices;
using Polly;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Errors;

/// <summary>
/// The way of one element, or of one source, through the steps of a policy, from its first failure to the step that settles it. For one caller at a
/// time.
/// </summary>
/// <remarks>
/// Retries are Polly's. A retry of ours is entered with the failure that has happened: the first call that Polly makes only reports it, so that an
/// element that does not fail meets nothing of this. A ready pipeline of the user's is around every call.
/// </remarks>
internal abstract class FailureCourse(PolicyPlan plan, IFailures failures)
{
    private static readonly Func<ResilienceContext, RetryPass, ValueTask<Outcome<bool>>> s_attempt = static (context, pass) => pass.AttemptAsync(context.CancellationToken);

    private int _attempts = 1;

    protected PolicyPlan Plan { get; } = plan;

    /// <summary>Cancelled when no further attempt is to be made.</summary>
    protected abstract CancellationToken Halted { get; }

    /// <summary>Whether nobody wants what the node gives any more, so that nothing is tried and nothing fails for it.</summary>
    protected virtual bool IsUnneeded => false;

    private bool TriesNothing => Halted.IsCancellationRequested || IsUnneeded;

    protected abstract string NodeName { get; }

    protected abstract TimeProvider TimeProvider { get; }

    protected abstract FailedElement Element { get; }

    protected abstract ElementContext? Context { get; }

    /// <summary>Whether another attempt would do nothing twice.</summary>
    protected abstract bool MayRepeat { get; }

    /// <summary>Settles a failure of the first attempt.</summary>
    public async ValueTask SettleAsync(Exception failure)
    {
        try
        {
            // The last step of a plan is for everything.
            await MeetAsync(Plan.Steps, 0, failure).ConfigureAwait(true);
        }
        catch (Exception error)
        {
            StopBecause(error, failure);
        }
    }

    /// <summary>Makes the call itself, all attempts included, through the ready pipeline of the plan.</summary>
    public async ValueTask RunAsync()
    {
        Exception? failure = null;
        try
        {
            _attempts = 0;
            var around = Plan.Around!.Value;
            var pass = await TryAsync((PipelineRetry)Plan.Steps[around], around, null).ConfigureAwait(true);
            failure = pass.Failure;
            if (failure is not null)
            {
                await MeetAsync(Plan.Steps, pass.IsForEarlierStep ? 0 : around + 1, failure).ConfigureAwait(true);
            }
        }
        catch (Exception error)
        {
            StopBecause(error, failure ?? error);
        }
    }

    /// <summary>Makes one attempt; what it throws is its failure.</summary>
    protected abstract ValueTask AttemptAsync(CancellationToken? cancellation);

    /// <summary>Whether an exception is no failure, but the end of what the attempt was made for.</summary>
    protected abstract bool IsEnd(Exception thrown);

    protected abstract Exception Explain(Exception failure);

    /// <summary>No further attempt is made, because the pipeline stops.</summary>
    protected abstract void Abandon();

    protected virtual void Skip(Exception failure) => failures.FailAndSkip(NodeName, failure, Context);

    protected virtual void Stop(Exception failure) => failures.FailAndStop(NodeName, failure, Context);

    protected virtual ValueTask SendAsync(DeadLetterQueue queue, DeadLetter letter) => failures.FailToAsync(queue, letter, Context);

    private void StopBecause(Exception error, Exception failure) =>
        Stop(new InvalidOperationException(
            $"The error policy of '{NodeName}' has failed itself ({FailureText.Of(error)}) on: {FailureText.Of(failure)}",
            ReferenceEquals(error, failure) ? error : new AggregateException(error, failure)));

    /// <summary>Has a failure meet the steps from a position on.</summary>
    /// <returns>What no step has settled; null if nothing is left.</returns>
    private async ValueTask<Exception?> MeetAsync(IReadOnlyList<PolicyStep> steps, int first, Exception failure)
    {
        for (var i = first; i < steps.Count; i++)
        {
            if (!steps[i].Takes(failure))
            {
                continue;
            }

            var left = steps[i] switch
            {
                RetryStep retry => await RetryAsync(retry, failure).ConfigureAwait(true),
                DecideStep decide => await DecideAsync(decide, failure).ConfigureAwait(true),
                var last => await EndAsync(last, failure).ConfigureAwait(true),
            };
            if (left is null)
            {
                return null;
            }

            failure = left;
        }

        return failure;
    }

    private async ValueTask<Exception?> EndAsync(PolicyStep last, Exception failure)
    {
        switch (last)
        {
            case DeadLetterStep letter:
                await SendAsync(letter.Queue, new DeadLetter(Element, failure, NodeName, _attempts, TimeProvider.GetUtcNow())).ConfigureAwait(true);
                break;
            case SkipStep:
                Skip(failure);
                break;
            default:
                Stop(failure);
                break;
        }

        return null;
    }

    private async ValueTask<Exception?> DecideAsync(DecideStep step, Exception failure)
    {
        while (true)
        {
            var answer = step.Decide(new ElementFailure(Element, failure, NodeName, _attempts, TimeProvider.GetUtcNow()))
                ?? throw new InvalidOperationException("The delegate of Decide returned null. Return a policy, ErrorPolicy.Stop if in doubt.");
            if (answer.Queues.Except(step.Queues).FirstOrDefault() is { } unknown)
            {
                throw new InvalidOperationException(
                    $"The delegate of Decide chose the queue '{unknown.Node}', which is not part of the graph. Name it in the call of Decide, behind the delegate.");
            }

            var before = _attempts;
            var left = await MeetAsync(answer.Steps, 0, failure).ConfigureAwait(true);
            if (left is null || _attempts == before || !step.Takes(left))
            {
                return left;
            }

            failure = left;
        }
    }

    private async ValueTask<Exception?> RetryAsync(RetryStep step, Exception failure)
    {
        if (TriesNothing)
        {
            Abandon();
            return null;
        }

        return MayRepeat ? (await TryAsync(step, null, failure).ConfigureAwait(true)).Failure : failure;
    }

    private async ValueTask<RetryPass> TryAsync(RetryStep step, int? around, Exception? failure)
    {
        using var wait = new RetryWait(failures, TimeProvider, isByClock: step is not PipelineRetry, Halted);
        var pass = new RetryPass(this, step, around, failure, wait);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, wait.Token);
        try
        {
            pass.End(await step.Build(wait).ExecuteOutcomeAsync(s_attempt, context, pass).ConfigureAwait(true));
        }
        finally
        {
            wait.EndUser();
            ResilienceContextPool.Shared.Return(context);
        }

        if (pass.IsOver)
        {
            Abandon();
        }

        return pass;
    }

    /// <summary>One execution of a Polly pipeline: its attempts, and what is left of the failure in the end.</summary>
    private sealed class RetryPass(FailureCourse course, RetryStep step, int? around, Exception? first, RetryWait wait)
    {
        private Exception? _first = first;
        private Exception? _last = first;
        private ExceptionDispatchInfo? _error;
        private bool _gaveUp;
        private int _running;

        /// <summary>What is left; null if an attempt succeeded or the pipeline stops.</summary>
        public Exception? Failure { get; private set; }

        /// <summary>Whether what is left is for a step in front of the ready pipeline.</summary>
        public bool IsForEarlierStep { get; private set; }

        /// <summary>Whether the pipeline stops, so that nothing more is tried.</summary>
        public bool IsOver { get; private set; }

        public async ValueTask<Outcome<bool>> AttemptAsync(CancellationToken cancellation)
        {
            if (_first is { } happened)
            {
                _first = null;
                return Outcome.FromException<bool>(happened);
            }

            if (Interlocked.Exchange(ref _running, 1) == 1)
            {
                return Outcome.FromException<bool>(new InvalidOperationException(
                    $"The resilience pipeline of '{course.NodeName}' makes several calls at once, but a node works on an element once at a time. Leave its hedging strategy out."));
            }

            wait.EndUser();
            _gaveUp = false;
            if (course.TriesNothing)
            {
                // The wait may have ended by itself in the same moment.
                IsOver = true;
                Volatile.Write(ref _running, 0);
                return Outcome.FromResult(false);
            }

            try
            {
                course._attempts++;
                if (_last is not null)
                {
                    course.CountRetry(_last);
                }

                // A strategy of the user's may have made a token of its own.
                await course.AttemptAsync(cancellation == wait.Token ? null : cancellation).ConfigureAwait(true);
                return Outcome.FromResult(true);
            }
            catch (Exception thrown)
            {
                if (course.IsEnd(thrown) || course.IsUnneeded || (thrown is OperationCanceledException && course.Halted.IsCancellationRequested))
                {
                    IsOver = true;
                    return Outcome.FromResult(false);
                }

                _last = course.Explain(thrown);
                return Sees(_last) ? Outcome.FromException<bool>(_last) : Outcome.FromResult(false);
            }
            finally
            {
                Volatile.Write(ref _running, 0);
                wait.BeginUser();
            }
        }

        public void End(Outcome<bool> outcome)
        {
            _error?.Throw();
            if (IsOver || outcome.Exception is null && !_gaveUp)
            {
                return;
            }

            if (!_gaveUp && course.Halted.IsCancellationRequested)
            {
                IsOver = true;
                return;
            }

            Failure = _gaveUp ? _last : outcome.Exception;
        }

        /// <summary>Whether a failure is one that the pipeline may know of, and answer with another attempt.</summary>
        private bool Sees(Exception failure)
        {
            try
            {
                IsForEarlierStep = course.Plan.Steps.Take(around ?? 0).Any(before => before.Takes(failure));
                _gaveUp = IsForEarlierStep || !step.Takes(failure) || !course.MayRepeat;
            }
            catch (Exception error)
            {
                // A condition of the user's has failed. Polly would take that for one more failure of the attempt.
                _error = ExceptionDispatchInfo.Capture(error);
                _gaveUp = true;
            }

            return !_gaveUp;
        }
    }

    private void CountRetry(Exception failure) => failures.CountRetry(NodeName, failure, _attempts);
}
