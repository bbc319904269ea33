using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Laws;

/// <summary>Runs each law of sources as a test. Every source has a class that derives from this one; a test holds that.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public abstract class SourceLawsTests<T> : SourceLaws<T>
{
    [Test]
    public Task Laws_Items_AreGiven() => GivesItsItemsAsync();

    [Test]
    public Task Laws_NormalEnd_EndsOnce() => EndsOnceAsync();

    [Test]
    public Task Laws_SlowSink_IsObeyed() => ObeysBackPressureAsync();

    [Test]
    public Task Laws_Stop_EndsIt() => StopsPromptlyAsync();

    [Test]
    public Task Laws_StartedAgain_GivesTheSame() => RunsAgainAsync();

    [Test]
    public Task Laws_Failure_NamesTheNode() => FailureNamesTheNodeAsync();

    [Test]
    public Task Laws_FaultElsewhere_EndsIt() => FaultElsewhereEndsItAsync();
}
