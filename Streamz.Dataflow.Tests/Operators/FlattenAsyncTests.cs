using System.Runtime.CompilerServices;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class FlattenAsyncTests
{
    [Test, DefaultMode]
    public async Task Flatten_AsynchronousSequenceAndSlowSink_PullsOneItemAtATime()
    {
        var pulled = 0;
        var writer = new GatedWriter<int>();
        var source = new StreamSource<IAsyncEnumerable<int>>();
        source.Flatten().Sink(writer.WriteAsync);
        var pipeline = source.Start();
        var delivery = source.DeliverAsync(Enumerable.Range(0, 3).ToAsyncEnumerable().Select(item =>
        {
            pulled++;
            return item;
        }));

        for (var item = 1; item <= 3; item++)
        {
            await pipeline.SettleAsync().Soon();
            Assert.That((pulled, delivery.IsCompleted), Is.EqualTo((item, false)));
            writer.Finish();
        }

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Flatten_AsynchronousSequenceFailsInTheMiddle_ItemsBeforeItWentOnAndItIsDisposed()
    {
        var disposed = 0;
        var source = new StreamSource<int>();
        var results = source.Flatten(first => FailingAsync(first), new NodeOptions { OnError = ErrorPolicy.Skip }).SinkToList();

        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await source.CompleteAsync().Soon();
        Assert.That(results, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(disposed, Is.EqualTo(1));

        async IAsyncEnumerable<int> FailingAsync(int first)
        {
            try
            {
                yield return first;
                await Task.Yield();
                yield return first + 1;
                throw new FormatException();
            }
            finally
            {
                disposed++;
            }
        }
    }

    [Test]
    public async Task Flatten_AsynchronousSequenceAndAbort_IsCancelledAndDisposed()
    {
        var disposed = new TaskCompletionSource();
        var source = new StreamSource<int>();
        var results = source.Flatten(WaitingAsync).SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(1).Soon();

        await pipeline.SettleAsync().Soon();
        await pipeline.StopAsync(TimeSpan.Zero).Soon();

        await disposed.Task.Soon();
        Assert.That(results, Is.EqualTo(new[] { 1 }));
        Assert.That(pipeline.Completion.Exception?.InnerException, Is.TypeOf<PipelineAbortedException>());

        async IAsyncEnumerable<int> WaitingAsync(int value, [EnumeratorCancellation] CancellationToken aborted)
        {
            try
            {
                yield return value;
                await Task.Delay(Timeout.Infinite, aborted);
            }
            finally
            {
                disposed.SetResult();
            }
        }
    }

    [Test]
    public async Task Flatten_EndlessAsynchronousSequenceAndAFault_Ends()
    {
        var source = new StreamSource<int>();
        source.Flatten(first => EndlessAsync(first)).Sink(value => ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 10));
        var pipeline = source.Start();
        await source.EmitAsync(1).Soon();

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());

        static async IAsyncEnumerable<int> EndlessAsync(int first)
        {
            for (; ; first++)
            {
                await Task.Yield();
                yield return first;
            }
        }
    }

    [Test]
    public void Flatten_NullAsynchronousSequence_FailsTheElement()
    {
        var source = new StreamSource<IAsyncEnumerable<int>>();
        source.Flatten().SinkToList();

        Assert.That(async () => await source.DeliverAsync(null!).Soon(), Throws.TypeOf<NodeFailedException>().With.Message.Contains("sequence to flatten is null"));
    }

    [Test]
    public async Task Flatten_AsynchronousSequenceThatFallsSilentAndAFault_IsCancelledAndDisposed([Values] bool inAGroup, [Values] bool linked)
    {
        var disposed = 0;
        var source = new StreamSource<int>();
        Func<int, CancellationToken, IAsyncEnumerable<int>> sequence = linked ? LinkedAsync : SilentAsync;
        Stream<int> Build(Stream<int> stream) => stream.Flatten(sequence);
        var items = inAGroup ? source.GroupBy(value => value, Build).Map(pair => pair.Value) : Build(source);
        items.Buffer(3).Sink(_ => throw new FormatException());
        var pipeline = source.Start();

        Assert.That(async () => await source.DeliverAsync(1).Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(
            async () => await pipeline.Completion.Soon(),
            Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<FormatException>().And.Property("LaterFailures").Empty);
        Assert.That(disposed, Is.EqualTo(1));

        async IAsyncEnumerable<int> SilentAsync(int value, [EnumeratorCancellation] CancellationToken cancellation)
        {
            try
            {
                yield return value;
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                disposed++;
            }
        }

        async IAsyncEnumerable<int> LinkedAsync(int value, [EnumeratorCancellation] CancellationToken cancellation)
        {
            using var own = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await foreach (var item in SilentAsync(value, own.Token))
            {
                yield return item;
            }
        }
    }

    [Test]
    public async Task Flatten_AsynchronousSequenceThatFallsSilentInFrontOfATake_Ends([Values] bool inAGroup)
    {
        var source = new StreamSource<int>();
        static Stream<int> Build(Stream<int> stream) => stream.Flatten(SilentAsync).Take(1);
        var results = (inAGroup ? source.GroupBy(value => value, Build).Map(pair => pair.Value) : Build(source)).SinkToList();
        var pipeline = source.Start();

        Assert.That(await source.DeliverAsync(7).Soon(), Is.EqualTo(DeliveryOutcome.Dropped), "Nobody knows whether more would have come.");
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(results, Is.EqualTo(new[] { 7 }));

        static async IAsyncEnumerable<int> SilentAsync(int value, [EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return value;
            await Task.Delay(Timeout.Infinite, cancellation);
        }
    }
}
