using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Dashboard.Watching;

namespace Streamz.Dataflow.Tests.Dashboard;

[TestFixture]
internal sealed class PipelineJournalTests
{
    [TestCase(false, null, null, false)]
    [TestCase(true, null, "secret 7", false)]
    [TestCase(false, "operators", null, true)]
    public async Task DeadLetter_Element_IsShownAndKeptOnlyIfAllowed(bool show, string? policy, string? text, bool isKept)
    {
        var journal = new PipelineJournal(new DashboardOptions { ShowElements = show, ControlsPolicy = policy }, new FakeTimeProvider());
        await using var source = new StreamSource<string>();
        var queue = new DeadLetterQueue().Named("rejected");
        queue.Sink(_ => { });
        source.Map(int.Parse, options: new NodeOptions { Name = "parse", OnError = ErrorPolicy.DeadLetter(queue) }).Sink(_ => { });
        var pipeline = source.Start();
        WatchedPipeline.Of("orders", pipeline, journal);

        await source.EmitAsync("secret 7");
        await pipeline.WhenIdleAsync().Soon();

        var entry = journal.Failures.Single();
        Assert.That((entry.Node, entry.Queue, entry.Attempts, entry.Text, entry.IsKept), Is.EqualTo(("parse", "rejected", 1, text, isKept)));
        Assert.That(entry.Element, Is.EqualTo(isKept ? "secret 7" : null));
    }

    [Test]
    public async Task Journal_SkippedEditedAndFailed_AreNoted()
    {
        var journal = new PipelineJournal(new DashboardOptions(), new FakeTimeProvider());
        var source = new StreamSource<int>();
        var skipping = source.Map(x => x == 1 ? throw new FormatException("one") : x, options: new NodeOptions { Name = "skipping", OnError = ErrorPolicy.Skip });
        skipping.Map(x => x == 2 ? throw new FormatException("two") : x, options: new NodeOptions { Name = "failing" }).Sink(_ => { });
        var pipeline = source.Start();
        WatchedPipeline.Of("numbers", pipeline, journal);

        await source.EmitAsync(1);
        await pipeline.EditAsync(_ => skipping.Sink(_ => { })).Soon();
        Assert.CatchAsync(() => pipeline.EditAsync(edit => edit.Find("nobody")));
        await source.EmitAsync(2);
        Assert.CatchAsync<NodeFailedException>(() => pipeline.Completion.Soon());

        Assert.That(journal.Failures.Single(), Has.Property("Node").EqualTo("skipping").And.Property("Queue").Null);
        Assert.That(() => journal.Log.Select(entry => entry.Text), Has.Some.Contains("1 nodes came").And.Some.Contains("has failed").And.Some.Contains("two").After(5000, 20));
    }

    [Test]
    public void Journal_MoreThanItsHistory_KeepsTheNewest()
    {
        var journal = new PipelineJournal(new DashboardOptions { History = 10 }, new FakeTimeProvider());

        foreach (var number in Enumerable.Range(1, 25))
        {
            journal.Note(Severity.Note, $"{number}");
        }

        Assert.That(journal.Log.Select(entry => entry.Text), Is.EqualTo(Enumerable.Range(16, 10).Select(number => $"{number}")));
    }
}
