using System.Diagnostics;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture]
internal sealed class ElementContextTests
{
    [Test]
    public void Merge_OneOfTwoIsMissing_IsTheOther()
    {
        var ticket = new FollowedElement().Ticket;

        Assert.That(ElementContext.Merge(ticket, null), Is.SameAs(ticket));
        Assert.That(ElementContext.Merge(null, ticket), Is.SameAs(ticket));
        Assert.That(ElementContext.Merge(ticket, ticket), Is.SameAs(ticket));
        Assert.That(ElementContext.Merge(null, null), Is.Null);
    }

    [Test]
    public void Merge_ElementIsHeld_KeepsAllItsParentsFromBeingDelivered()
    {
        var (parents, merged) = MergeThree();

        merged.Hold();
        ReleaseEach(parents);
        Assert.That(parents.Select(each => each.Delivered.IsCompleted), Has.All.False);
        merged.Release();

        Assert.That(parents.Select(each => each.Delivered.Result), Has.All.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(parents.Select(each => each.Released.IsCompletedSuccessfully), Has.All.True);
    }

    [Test]
    public void Merge_ElementIsRetained_KeepsAllItsParentsFromBeingReleased()
    {
        var (parents, merged) = MergeThree();

        merged.Retain();
        ReleaseEach(parents);
        Assert.That(parents.Select(each => each.Delivered.Result), Has.All.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(parents.Select(each => each.Released.IsCompleted), Has.All.False);
        merged.ReleaseRetained();

        Assert.That(parents.Select(each => each.Released.IsCompletedSuccessfully), Has.All.True);
    }

    [Test]
    public void Merge_ElementIsDropped_IsTheOutcomeOfAllItsParents()
    {
        var (parents, merged) = MergeThree();

        merged.Raise(DeliveryOutcome.Dropped);
        ReleaseEach(parents);

        Assert.That(parents.Select(each => each.Delivered.Result), Has.All.EqualTo(DeliveryOutcome.Dropped));
    }

    [Test]
    public void Merge_ElementFails_IsTheFailureOfAllItsParents()
    {
        var (parents, merged) = MergeThree();

        merged.Fail(new NodeFailedException("node", new InvalidOperationException()));
        ReleaseEach(parents);

        Assert.That(parents.Select(each => each.Delivered.Result), Has.All.EqualTo(DeliveryOutcome.Failed));
    }

    [Test]
    public void Merge_SomeParentsHaveATrace_TheirTracesAreLinkedOnceEach()
    {
        var traces = new[] { NewTrace(), NewTrace() };
        var untraced = Begin(default);
        var left = ElementContext.Merge(untraced, Begin(traces[0]))!;
        var right = ElementContext.Merge(Begin(traces[0]), Begin(traces[1]))!;

        var merged = ElementContext.Merge(left, right)!;

        Assert.That(left.Links, Is.EqualTo(new[] { traces[0] }));
        Assert.That(merged.Links, Is.EqualTo(traces));
        Assert.That(merged.Trace, Is.EqualTo(traces[0]));
        Assert.That(ElementContext.Merge(untraced, Begin(default))!.Links, Is.Empty);
    }

    private static (FollowedElement[] Parents, ElementContext Merged) MergeThree()
    {
        var parents = new[] { new FollowedElement(), new FollowedElement(), new FollowedElement() };
        var merged = ElementContext.Merge([.. parents.Select(each => new Element<int>(1, each.Ticket))]);
        return (parents, merged!);
    }

    private static void ReleaseEach(FollowedElement[] elements)
    {
        foreach (var element in elements)
        {
            element.Ticket.Release();
        }
    }

    private static ActivityContext NewTrace() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    private static Ticket Begin(ActivityContext trace)
    {
        var ticket = new Ticket();
        ticket.Begin(null, null, null, 0, trace);
        return ticket;
    }
}
