using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class TakeTests
{
    [TestCase(0)]
    [TestCase(-1)]
    public void Take_CountLessThanOne_IsRefused(int count) =>
        Assert.That(
            () => new StreamSource<int>().Take(count),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("count").And.Property("ActualValue").EqualTo(count));

    [Test]
    public async Task Take_EndlessSource_StopsIt()
    {
        var first = StreamSource.FromEnumerable(Endless()).Take(3).SinkToList();

        await first.Start().Completion.Soon();

        Assert.That(first, Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public async Task Take_EndlessFlatten_EndsWithoutEnumeratingOn()
    {
        var source = new StreamSource<int>();
        var first = source.Flatten(_ => Endless()).Take(3).SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(1).Soon();
        await pipeline.Completion.Soon();

        Assert.That(first, Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public async Task Take_EmitAfterTheEnd_IsRefused()
    {
        var source = new StreamSource<int>();
        source.Take(1).SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(1).Soon();
        await pipeline.Completion.Soon();

        Assert.That(async () => await source.EmitAsync(2), Throws.TypeOf<PipelineClosedException>());
    }

    [Test]
    public async Task Take_OperatorBehindIt_IsFlushedAtTheEarlyEnd()
    {
        var source = new StreamSource<int>();
        var pairs = source.Take(3).Partition(2).SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync([1, 2, 3]).Soon();
        await pipeline.Completion.Soon();

        Assert.That(pairs, Is.EqualTo(new[] { new[] { 1, 2 }, [3] }));
    }

    private static IEnumerable<int> Endless()
    {
        for (var x = 0; ; x++)
        {
            yield return x;
        }
    }
}
