using Polly;
using Polly.Retry;

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>What a policy says and refuses, before anything runs.</summary>
internal sealed class ErrorPolicyTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly DeadLetterQueue s_dead = new DeadLetterQueue().Named("dead");

    private static IEnumerable<TestCaseData> Texts()
    {
        yield return Case(ErrorPolicy.Stop, "stop");
        yield return Case(ErrorPolicy.Skip, "skip");
        yield return Case(ErrorPolicy.Retry(1), "retry 1 time");
        yield return Case(ErrorPolicy.Retry(3, s_second), "retry 3 times after 1 s");
        yield return Case(ErrorPolicy.Retry(3, s_second, DelayBackoffType.Linear), "retry 3 times after 1 s, growing");
        yield return Case(ErrorPolicy.Retry(3, s_second, DelayBackoffType.Exponential, maxDelay: 4 * s_second), "retry 3 times after 1 s, doubling up to 4 s");
        yield return Case(ErrorPolicy.Retry(new RetryStrategyOptions { MaxRetryAttempts = 2 }), "retry 2 times by options");
        yield return Case(ErrorPolicy.Retry(ResiliencePipeline.Empty), "retry by a resilience pipeline");
        yield return Case(ErrorPolicy.DeadLetter(s_dead), "dead letter to 'dead'");
        yield return Case(ErrorPolicy.Decide(_ => ErrorPolicy.Stop), "decide");
        yield return Case(ErrorPolicy.Skip.For<FormatException>(), "skip for FormatException");
        yield return Case(ErrorPolicy.Skip.When(failure => failure.Message == "x"), "skip when failure => failure.Message == \"x\"");
        yield return Case(
            ErrorPolicy.Retry(3).For<TimeoutException>().Then(ErrorPolicy.DeadLetter(s_dead)),
            "retry 3 times for TimeoutException, then dead letter to 'dead'");
        yield return Case(
            ErrorPolicy.Retry(3).Then(ErrorPolicy.Skip).For<IOException>().Then(ErrorPolicy.Stop),
            "retry 3 times for IOException, then skip for IOException, then stop");

        static TestCaseData Case(ErrorPolicy policy, string text) => new TestCaseData(policy, text).SetArgDisplayNames(text);
    }

    [TestCaseSource(nameof(Texts))]
    public void ToString_Policy_SaysItInWords(ErrorPolicy policy, string text) => Assert.That(policy.ToString(), Is.EqualTo(text));

    [Test]
    public void Equals_SamePolicyMadeTwice_IsTrue()
    {
        var first = ErrorPolicy.Retry(3, s_second).For<IOException>().Then(ErrorPolicy.DeadLetter(s_dead));
        var second = ErrorPolicy.Retry(3, s_second).For<IOException>().Then(ErrorPolicy.DeadLetter(s_dead));

        Assert.That(first, Is.EqualTo(second));
        Assert.That(first.GetHashCode(), Is.EqualTo(second.GetHashCode()));
        Assert.That(new StreamOptions { OnError = first }, Is.EqualTo(new StreamOptions { OnError = second }));
    }

    [Test]
    public void Equals_OtherSettings_IsFalse()
    {
        Assert.That(ErrorPolicy.Retry(3), Is.Not.EqualTo(ErrorPolicy.Retry(4)));
        Assert.That(ErrorPolicy.Skip, Is.Not.EqualTo(ErrorPolicy.Stop));
        Assert.That(ErrorPolicy.Skip, Is.Not.EqualTo(ErrorPolicy.Skip.For<IOException>()));
        Assert.That(ErrorPolicy.Retry(3), Is.Not.EqualTo(ErrorPolicy.Retry(3).Then(ErrorPolicy.Skip)));
    }

    private static IEnumerable<TestCaseData> Unreachable()
    {
        yield return Case(ErrorPolicy.Stop, ErrorPolicy.Skip, "stop");
        yield return Case(ErrorPolicy.Skip, ErrorPolicy.Retry(1), "skip");
        yield return Case(ErrorPolicy.DeadLetter(s_dead), ErrorPolicy.Stop, "dead letter to 'dead'");
        yield return Case(ErrorPolicy.Skip.For<IOException>(), ErrorPolicy.Retry(1).For<FileNotFoundException>(), "skip for IOException");
        yield return Case(ErrorPolicy.Retry(1).Then(ErrorPolicy.Skip), ErrorPolicy.Stop, "skip");

        static TestCaseData Case(ErrorPolicy policy, ErrorPolicy next, string cover) => new TestCaseData(policy, next, cover).SetArgDisplayNames($"{next} behind {policy}");
    }

    [TestCaseSource(nameof(Unreachable))]
    public void Then_NextThatNoFailureReaches_IsRefused(ErrorPolicy policy, ErrorPolicy next, string cover) =>
        Assert.That(() => policy.Then(next), Throws.ArgumentException.With.Message.Contains($"'{cover}' settles every failure"));

    [Test]
    public void Then_NextForOtherExceptions_IsAccepted()
    {
        Assert.That(() => ErrorPolicy.Skip.For<FileNotFoundException>().Then(ErrorPolicy.Retry(1).For<IOException>()), Throws.Nothing);
        Assert.That(() => ErrorPolicy.Skip.When(_ => true).Then(ErrorPolicy.Stop), Throws.Nothing);
        Assert.That(() => ErrorPolicy.Retry(1).Then(ErrorPolicy.Retry(2)), Throws.Nothing);
    }

    [Test]
    public void For_TypesThatNoExceptionBothIs_IsRefused() =>
        Assert.That(
            () => ErrorPolicy.Skip.For<IOException>().For<FormatException>(),
            Throws.InvalidOperationException.With.Message.Contains("'skip for IOException'").And.Message.Contains("When"));

    [Test]
    public void Retry_ArgumentOutOfRange_IsRefusedByName()
    {
        Assert.That(() => ErrorPolicy.Retry(0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxRetryAttempts"));
        Assert.That(() => ErrorPolicy.Retry(1, -s_second), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("delay"));
        Assert.That(() => ErrorPolicy.Retry(1, TimeSpan.FromDays(2)), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("delay"));
        Assert.That(() => ErrorPolicy.Retry(1, s_second, (DelayBackoffType)7), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("backoff"));
        Assert.That(() => ErrorPolicy.Retry(1, s_second, maxDelay: TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxDelay"));
    }

    [Test]
    public void Retry_OptionsThatPollyRefuses_AreRefusedAtTheCall() =>
        Assert.That(
            () => ErrorPolicy.Retry(new RetryStrategyOptions { MaxRetryAttempts = 0 }),
            Throws.ArgumentException.With.Property("ParamName").EqualTo("options").And.Message.Contains("MaxRetryAttempts"));

    [Test]
    public void Decide_NullAmongTheQueues_IsRefused() =>
        Assert.That(() => ErrorPolicy.Decide(_ => ErrorPolicy.Skip, null!, s_dead), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("queues"));
}
