using System.Collections.Concurrent;
using System.Diagnostics;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Tests.Diagnostics;

/// <summary>The activities of nodes, wherever a node runs.</summary>
[CancelAfter(30_000), NonParallelizable, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TraceTests : TraceFixture
{
    [Test, DefaultMode]
    public async Task Traces_ParallelWorkers_GoOnInTheTraceOfEachElement()
    {
        var source = new StreamSource<int>(Options).Named("orders");
        source
            .MapAsync(async x =>
            {
                await Task.Yield();
                return x;
            }, maxDegreeOfParallelism: 3, options: new NodeOptions { Name = "price" })
            .Map(x => x, options: new NodeOptions { Name = "tax" })
            .Sink(_ => { }, options: new NodeOptions { Name = "save" });

        var callers = new List<Activity>();
        for (var x = 0; x < 12; x++)
        {
            using var caller = Begin();
            callers.Add(caller);
            await source.EmitAsync(x);
        }

        await source.CompleteAsync();

        var emits = Find("emit orders");
        var taxes = Find("tax");
        Assert.That(emits.Select(each => each.ParentSpanId), Is.EqualTo(callers.Select(each => each.SpanId)));
        Assert.That(Find("price").Select(each => each.ParentSpanId), Is.EquivalentTo(emits.Select(each => each.SpanId)));
        Assert.That(taxes.Select(each => each.ParentSpanId), Is.EqualTo(emits.Select(each => each.SpanId)), "The block that takes the results, in their order.");
        Assert.That(Find("save").Select(each => each.ParentSpanId), Is.EqualTo(taxes.Select(each => each.SpanId)));
        Assert.That(Stopped.Select(each => each.TraceId).Distinct().Count(), Is.EqualTo(12));
    }

    [TestCase(1, null)]
    [TestCase(1, 4)]
    [TestCase(2, null)]
    public async Task Traces_NodeFails_IsMarkedWhereverItRuns(int degree, int? capacity)
    {
        var source = new StreamSource<int>(Options);
        source
            .Map(x => x, options: new NodeOptions { Name = "before" })
            .MapAsync(x => new ValueTask<int>(1 / x), maxDegreeOfParallelism: degree, options: new NodeOptions { Name = "divide", Capacity = capacity, OnError = ErrorPolicy.Skip })
            .Sink(_ => { });

        await EmitTracedAsync(source, 0, 1);

        Assert.That(Find("divide").Select(each => each.GetTagItem("error.type")), Is.EqualTo(new[] { "System.DivideByZeroException", null }));
        Assert.That(Find("divide").Select(each => each.Status), Is.EqualTo(new[] { ActivityStatusCode.Error, ActivityStatusCode.Unset }));
        Assert.That(Find("before").Select(each => each.Status), Has.All.EqualTo(ActivityStatusCode.Unset));
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task Traces_PolicySettlesAFailure_IsMarkedOnlyIfItIsForGood(int degree)
    {
        var attempts = new ConcurrentDictionary<int, int>();
        var letters = new DeadLetterQueue();
        letters.Sink(_ => { }, options: new NodeOptions { Name = "letters" });
        var source = new StreamSource<int>(Options);
        source
            .MapAsync(
                x => new ValueTask<int>(attempts.AddOrUpdate(x, 1, (_, before) => before + 1) <= x ? throw new TimeoutException() : x),
                maxDegreeOfParallelism: degree,
                options: new NodeOptions { Name = "price", OnError = ErrorPolicy.Retry(1).Then(ErrorPolicy.DeadLetter(letters)) })
            .Sink(_ => { });

        // The first succeeds, the second does in its second attempt, the third in none.
        await EmitTracedAsync(source, 0, 1, 2);

        Assert.That(Find("price").Select(each => each.Status), Is.EqualTo(new[] { ActivityStatusCode.Unset, ActivityStatusCode.Unset, ActivityStatusCode.Error }));
        Assert.That(Find("letters").Select(each => each.TraceId), Is.EqualTo(new[] { Find("price")[2].TraceId }), "A dead letter goes on in the trace of its element.");
    }

    [Test, DefaultMode]
    public async Task Traces_NodesComeWithAnEdit_HaveActivitiesToo()
    {
        var source = new StreamSource<int>(Options);
        var doubled = source.Map(x => 2 * x, options: new NodeOptions { Name = "double" });
        doubled.Sink(_ => { });
        var pipeline = source.Start();
        using (Begin())
        {
            await source.DeliverAsync(1);
        }

        await pipeline.EditAsync(_ => doubled
            .Map(x => x, options: new NodeOptions { Name = "fused" })
            .Map(x => x, options: new NodeOptions { Name = "apart", Capacity = 2 })
            .Sink(_ => { }, options: new NodeOptions { Name = "added" }));
        await EmitTracedAsync(source, 2);

        Assert.That((Find("fused").Count, Find("apart").Count, Find("added").Count), Is.EqualTo((1, 1, 1)));
        Assert.That(Find("added")[0].ParentSpanId, Is.EqualTo(Find("apart")[0].SpanId));
    }

    [Test]
    public async Task Traces_SourceEmitsWithinAnActivity_GoOn()
    {
        using var shop = new ActivitySource(Options.Name!);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == shop,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var received = new List<ActivityTraceId>();
        var messages = new Stream<int>(new SourceNode<int>("messages", () => new MessageStage(shop, received), Options));
        messages.Sink(_ => { }, options: new NodeOptions { Name = "save" });

        await messages.Start().Completion;

        Assert.That(Find("save").Select(each => each.TraceId), Is.EqualTo(received));
        Assert.That(Find("save").Select(each => each.ParentSpanId), Is.EqualTo(Find("emit messages").Select(each => each.SpanId)));
    }

    [Test]
    public async Task Traces_EmitIsRefused_IsMarked()
    {
        var source = new StreamSource<int>(Options);
        source.Sink(_ => { });
        await source.EmitAsync(1);
        await source.CompleteAsync();

        using (Begin())
        {
            Assert.That(async () => await source.EmitAsync(2), Throws.InstanceOf<PipelineClosedException>());
        }

        Assert.That(Find("emit source").Select(each => each.Status), Is.EqualTo(new[] { ActivityStatusCode.Error }));
    }

    private static async Task EmitTracedAsync(StreamSource<int> source, params int[] values)
    {
        foreach (var value in values)
        {
            using var caller = Begin();
            await source.DeliverAsync(value);
        }

        await source.CompleteAsync();
    }

    private sealed class MessageStage(ActivitySource shop, List<ActivityTraceId> received) : SourceStage<int>
    {
        public override async Task RunAsync(SourceContext<int> context)
        {
            for (var x = 0; x < 3; x++)
            {
                using var receive = shop.StartActivity("receive");
                received.Add(receive!.TraceId);
                await context.EmitAsync(x);
            }
        }
    }
}
