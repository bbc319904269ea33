using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class UnionTests
{
    [Test]
    public async Task Union_Inputs_KeepTheirOwnOrder()
    {
        var low = StreamSource.FromEnumerable(Enumerable.Range(0, 50));
        var high = StreamSource.FromEnumerable(Enumerable.Range(100, 50));
        var all = low.Union(high).SinkToList();

        await all.Start().Completion.Soon();

        Assert.That(all.Where(value => value < 100), Is.EqualTo(Enumerable.Range(0, 50)));
        Assert.That(all.Where(value => value >= 100), Is.EqualTo(Enumerable.Range(100, 50)));
    }

    [Test]
    public async Task Union_OneInputEnds_GoesOnWithTheOthers()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var all = first.Union(second).SinkToList();
        var pipeline = all.Start();

        await first.EmitAsync(1);
        await first.CompleteAsync().Soon();
        await second.EmitAsync(2);
        await second.CompleteAsync().Soon();
        await pipeline.Completion.Soon();

        Assert.That(all, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void Union_NullStream_NamesTheParameter() =>
        Assert.That(() => new StreamSource<int>().Union([null!]), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("others"));
}
