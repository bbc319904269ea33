using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Laws;

/// <summary>Runs each law as a test. Every operator and sink has a class that derives from this one; a test holds that.</summary>
public abstract class OperatorLawsTests<TIn, TOut> : OperatorLaws<TIn, TOut>
{
    [Test]
    public Task Laws_NormalEnd_EndsOnce() => EndsOnceAsync();

    [Test]
    public Task Laws_AfterTheEnd_GivesNothing() => NothingAfterTheEndAsync();

    [Test]
    public Task Laws_AnyEnd_LeavesNothingBehind() => LeavesNothingBehindAsync();

    [Test]
    public Task Laws_SecondRun_GivesTheSame() => RunsAgainAsync();

    [Test]
    public Task Laws_StopAtAnyMoment_Ends([Values(1, 2, 3, 4, 5, 6)] int seed) => StopsAtAnyMomentAsync(seed);

    [Test]
    public Task Laws_Inputs_GivesWhatItOwes() => GivesWhatItOwesAsync();

    [Test]
    public Task Laws_DefaultValues_Pass() => DefaultValuesPassAsync();

    [Test]
    public Task Laws_OtherPlan_ChangesNothing() => FusionChangesNothingAsync();

    [Test]
    public Task Laws_ThreadOfItsOwn_IsNotLeft() => StaysOnItsThreadAsync();

    [Test]
    public Task Laws_AnyEnd_SettlesEveryTicket() => EveryTicketIsSettledAsync();

    [Test]
    public Task Laws_AnyEnd_TellsEveryFollowerOnce() => EveryFollowerIsToldOnceAsync();

    [Test]
    public Task Laws_SlowSink_BoundsIt() => SlowSinkBoundsItAsync();

    [Test]
    public Task Laws_Fault_ReachesAll() => FaultReachesAllAsync();

    [Test]
    public Task Laws_CancellationException_IsAFailure() => CancellationsAreFailuresAsync();

    [Test]
    public Task Laws_Skip_LosesOneElement() => SkipLosesOneElementAsync();

    [Test]
    public Task Laws_HangingDelegate_IsAbandoned() => HangingDelegateIsAbandonedAsync();
}
