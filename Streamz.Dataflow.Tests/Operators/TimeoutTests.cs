using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
internal sealed class TimeoutTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Timeout_Silence_FaultsWithNodeAndTime()
    {
        var run = new Arrivals<int, int>(stream => stream.Timeout(3 * s_second).Named("watch"));
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second, s_second).Soon();
        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second - TimeSpan.FromTicks(1)).Soon();
        Assert.That(run.Pipeline.Completion.IsCompleted, Is.False);
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromTicks(1)).Soon();

        Assert.That(
            async () => await run.Pipeline.Completion.Soon(),
            Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<TimeoutException>()
                .And.Property("NodeName").EqualTo("watch").And.InnerException.Message.Contains("'watch'").And.InnerException.Message.Contains("3 s"));
        Assert.That(run.Seen, Is.EqualTo(new[] { (2.0, 1) }));
    }

    [Test]
    public async Task Timeout_NoElementAtAll_CountsFromTheStart()
    {
        var run = new Arrivals<int, int>(stream => stream.Timeout(3 * s_second));
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second).Soon();

        Assert.That(async () => await run.Pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<TimeoutException>());
    }

    [Test, DefaultMode]
    public async Task Timeout_BusyConsumer_DoesNotCount()
    {
        var writer = new GatedWriter<int>();
        var run = new Arrivals<int, int>(stream => stream.Timeout(3 * s_second).MapAsync(writer.CallAsync));
        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();
        writer.Finish();
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second, s_second).Soon();
        Assert.That(run.Pipeline.Completion.IsCompleted, Is.False);

        await run.Source.CompleteAsync().Soon();
        await run.Pipeline.Completion.Soon();
    }

    [Test]
    public async Task Timeout_Skip_CountsEachSilenceAndGoesOn()
    {
        var run = new Arrivals<int, int>(stream => stream.Timeout(3 * s_second, new NodeOptions { OnError = ErrorPolicy.Skip }));
        await run.Pipeline.AdvanceAsync(run.Clock, 7 * s_second, s_second).Soon();
        await run.Source.EmitAsync(1).Soon();
        await run.Source.CompleteAsync().Soon();
        await run.Pipeline.Completion.Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (7.0, 1) }));
        Assert.That(run.Pipeline.GetSnapshot().Nodes.Sum(node => node.Failed), Is.EqualTo(2));
    }

    [Test]
    public async Task Timeout_InALoop_DoesNotKeepItFromEnding()
    {
        var run = new Arrivals<int, int>(stream =>
        {
            var watched = stream.Timeout(3 * s_second);
            watched.Filter(value => value < 3).Map(value => value + 1).Feedback(watched, 2);
            return watched;
        });
        await run.Source.EmitAsync(1).Soon();
        await run.Source.CompleteAsync().Soon();
        await run.Pipeline.Completion.Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public void Timeout_TimeNotAboveZero_NamesTheParameter() =>
        Assert.That(
            () => new StreamSource<int>().Timeout(TimeSpan.Zero),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("time"));
}
