namespace Streamz.Dataflow.Tests.Runtime;

/// <summary>While the gate of the sink is closed, the answers of TryEmit count the places.</summary>
[TestFixture]
[CancelAfter(30_000)]
internal sealed class CapacityTests
{
    [Test]
    public async Task Places_SinkIsAsynchronous_AreOneHoweverLongTheStretch()
    {
        var turnstile = new Turnstile();
        var source = new StreamSource<int>();
        source.Map(value => value).Filter(_ => true).Sink(_ => turnstile.PassAsync());
        await AssertPlacesAsync(source, turnstile, 1);
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(10)]
    public async Task Places_CapacityIsStated_AreThatMany(int capacity)
    {
        var turnstile = new Turnstile();
        var source = new StreamSource<int>();
        source.Sink(_ => turnstile.PassAsync(), options: new NodeOptions { Capacity = capacity });
        await AssertPlacesAsync(source, turnstile, capacity);
    }

    [TestCase(1)]
    [TestCase(5)]
    [DefaultMode]
    public async Task Places_Buffer_AreOneMoreThanWait(int size)
    {
        var turnstile = new Turnstile();
        var source = new StreamSource<int>();
        source.Buffer(size).Sink(_ => turnstile.PassAsync());
        await AssertPlacesAsync(source, turnstile, size + 1);
    }

    [TestCase(2)]
    [TestCase(4)]
    public async Task Places_ParallelNode_AreTwiceItsDegree(int degree)
    {
        var turnstile = new Turnstile();
        var source = new StreamSource<int>();
        source.Sink(_ => turnstile.PassAsync(), maxDegreeOfParallelism: degree);
        await AssertPlacesAsync(source, turnstile, 2 * degree);
    }

    [Test]
    public async Task Places_NothingMayWait_AreTheCapacityOfTheOptions()
    {
        using var gate = new ManualResetEventSlim();
        var source = new StreamSource<int>(new StreamOptions { Capacity = 17 });
        source.Map(value => value).Sink(_ => gate.Wait());
        var accepted = CountAccepted(source);
        gate.Set();
        await source.CompleteAsync().Soon();
        Assert.That(accepted, Is.EqualTo(17));
    }

    [Test]
    public async Task EmitAsync_BehindOneThatHasNotLeft_WaitsForExactlyThatOne()
    {
        var turnstile = new Turnstile();
        var left = 0;
        var source = new StreamSource<int>();
        source.Sink(async _ =>
        {
            await turnstile.PassAsync();
            Interlocked.Increment(ref left);
        });
        await source.EmitAsync(0).Soon();
        for (var value = 1; value < 20; value++)
        {
            var emit = source.EmitAsync(value).AsTask();
            Assert.That((emit.IsCompleted, Volatile.Read(ref left)), Is.EqualTo((false, value - 1)));
            turnstile.LetOne();
            await emit.Soon();
            Assert.That(Volatile.Read(ref left), Is.EqualTo(value));
        }

        turnstile.Open();
        await source.CompleteAsync().Soon();
    }

    private static async Task AssertPlacesAsync(StreamSource<int> source, Turnstile turnstile, int places)
    {
        var pipeline = source.Start();
        var accepted = CountAccepted(source);
        var queued = pipeline.GetSnapshot().Nodes.Max(node => node.Queued);
        turnstile.Open();
        await source.CompleteAsync().Soon();
        Assert.That((accepted, queued, turnstile.Entered), Is.EqualTo((places, places, places)));
    }

    private static int CountAccepted(StreamSource<int> source)
    {
        var accepted = 0;
        while (accepted < 1_000 && source.TryEmit(accepted))
        {
            accepted++;
        }

        return accepted;
    }
}
