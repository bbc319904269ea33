using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class CombineLatestAllTests
{
    [Test]
    public async Task CombineLatestAll_EmitOn_OnlyThoseEmit()
    {
        var sources = Enumerable.Range(0, 3).Select(_ => new StreamSource<int>()).ToList();
        var rows = sources.CombineLatestAll(emitOn: [sources[2], sources[0]]).SinkToList();
        rows.Start();

        await sources[0].DeliverAsync(1).Soon();
        await sources[2].DeliverAsync(3).Soon();
        await sources[1].DeliverAsync(2).Soon();
        await sources[2].DeliverAsync(4).Soon();
        await sources[1].DeliverAsync(5).Soon();
        await sources[0].DeliverAsync(6).Soon();
        await Task.WhenAll(sources.Select(source => source.CompleteAsync())).Soon();

        Assert.That(rows, Is.EqualTo(new int[][] { [1, 2, 4], [6, 5, 4] }));
    }

    [Test]
    public async Task CombineLatestAll_EmitOnMovesUp_StillEmits()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var combined = new[] { first, second }.CombineLatestAll(emitOn: [second]);
        var rows = combined.SinkToList();
        var third = new StreamSource<int>();

        third.Connect(combined);
        first.Disconnect(combined);
        rows.Start();
        await second.DeliverAsync(2).Soon();
        await third.DeliverAsync(3).Soon();
        await second.DeliverAsync(4).Soon();
        await Task.WhenAll(second.CompleteAsync(), third.CompleteAsync()).Soon();

        Assert.That(rows, Is.EqualTo(new int[][] { [4, 3] }));
    }

    [Test]
    public void CombineLatestAll_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => Array.Empty<Stream<int>>().CombineLatestAll(), Throws.ArgumentException.With.Message.Contains("Give it at least one"));
        Assert.That(() => new[] { source, null! }.CombineLatestAll(emitOn: [source]), Throws.ArgumentNullException.With.Message.Contains("side 1"));
        Assert.That(() => new[] { source }.CombineLatestAll(emitOn: []), Throws.ArgumentException.With.Property("ParamName").EqualTo("emitOn"));
        Assert.That(
            () => new[] { source }.CombineLatestAll(emitOn: [new StreamSource<int>()]),
            Throws.ArgumentException.With.Message.Contains("no side of the join"));
    }
}
