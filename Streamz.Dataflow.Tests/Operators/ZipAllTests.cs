using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

/// <summary>What joins of one element type have of their own: their sides change while the graph does not run.</summary>
internal sealed class ZipAllTests
{
    [Test]
    public async Task ZipAll_FaultOnLeftovers_NamesTheNode()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        new[] { first, second }.ZipAll(leftovers: ZipLeftovers.Fault, options: new NodeOptions { Name = "rows" }).SinkToList();
        var pipeline = first.Start();

        await first.EmitAsync(1).Soon();
        await pipeline.SettleAsync().Soon();
        second.Complete();

        Assert.That(
            async () => await pipeline.Completion.Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("rows").And.Message.Contains("ZipLeftovers.Drop"));
    }

    [Test]
    public async Task ZipAll_SideOfTheMiddleDisconnected_OthersMoveUp()
    {
        var sources = Enumerable.Range(0, 4).Select(_ => new StreamSource<int>()).ToList();
        var zipped = sources.ZipAll();
        var rows = zipped.SinkToList();

        sources[1].Disconnect(zipped);
        sources[1].Connect(zipped);
        sources[0].Disconnect(zipped);
        zipped.Start();
        foreach (var index in new[] { 1, 2, 3 })
        {
            await sources[index].EmitAllAsync([index, 10 * index]).Soon();
        }

        await Task.WhenAll(sources.Skip(1).Select(source => source.CompleteAsync())).Soon();

        Assert.That(rows, Is.EqualTo(new int[][] { [2, 3, 1], [20, 30, 10] }));
    }

    [Test]
    public async Task ZipAll_SameStreamTwice_DisconnectsBothSides()
    {
        var twice = new StreamSource<int>();
        var other = new StreamSource<int>();
        var zipped = new[] { twice, other, twice }.ZipAll();
        var rows = zipped.SinkToList();

        twice.Disconnect(zipped);
        await other.EmitAllAsync([1, 2]).Soon();
        await other.CompleteAsync().Soon();

        Assert.That(rows, Is.EqualTo(new int[][] { [1], [2] }));
    }

    [Test]
    public void ZipAll_AllSidesDisconnected_IsRefusedAtTheStart()
    {
        var source = new StreamSource<int>();
        var zipped = new[] { source }.ZipAll().Named("rows");
        source.Disconnect(zipped);

        Assert.That(() => zipped.Start(), Throws.TypeOf<PipelineValidationException>().With.Message.Contains("'rows' has no input"));
    }

    [Test]
    public void ZipAll_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => Array.Empty<Stream<int>>().ZipAll(), Throws.ArgumentException.With.Message.Contains("Give it at least one"));
        Assert.That(() => new[] { source, null! }.ZipAll(), Throws.ArgumentNullException.With.Message.Contains("side 1"));
        Assert.That(() => new[] { source }.ZipAll(maxSize: 0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxSize"));
        var zipped = new[] { source }.ZipAll();
        Assert.That(() => new StreamSource<string>().Connect(zipped), Throws.ArgumentException.With.Message.Contains("takes Int32, but"));
        Assert.That(() => zipped.Map(row => row[0]).Feedback(zipped, 1), Throws.ArgumentException.With.Message.Contains("Union"));
        Assert.That(
            () => source.Connect(source.Zip(source)),
            Throws.ArgumentException.With.Message.Contains("fixed where it was made"));
    }

    [Test]
    public async Task ZipAll_GraphIsRunning_IsNotChanged()
    {
        var source = new StreamSource<int>();
        var zipped = new[] { source }.ZipAll();
        zipped.SinkToList();
        source.Start();

        Assert.That(() => new StreamSource<int>().Connect(zipped), Throws.InvalidOperationException);
        Assert.That(() => source.Disconnect(zipped), Throws.InvalidOperationException);
        await source.CompleteAsync().Soon();
    }
}
