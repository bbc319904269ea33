namespace Streamz.Dataflow.Tests.Parity;

/// <summary>What streamz pins of joins whose sides change; here between two runs, of joins of one element type.</summary>
[TestFixture]
public sealed class SideParityTests
{
    [Test]
    [Parity("3.1", "test_connect_zip", "=")]
    public async Task ZipAll_ThirdSideConnected_ExtendsTheLists()
    {
        var (a, b, c) = (new StreamSource<int>(), new StreamSource<int>(), new StreamSource<int>());
        var zipped = new[] { a, b }.ZipAll();
        var rows = zipped.SinkToList();
        c.Connect(zipped);

        await a.EmitAsync(1).Soon();
        await b.EmitAsync(2).Soon();
        await c.EmitAsync(3).Soon();
        await EndAsync(a, b, c);

        Assert.That(rows, Is.EqualTo(new int[][] { [1, 2, 3] }));
    }

    [Test]
    [Parity("3.1", "test_disconnect_zip", "=")]
    public async Task ZipAll_SideDisconnectedBetweenRuns_ShortensTheLists()
    {
        var (a, b, c) = (new StreamSource<int>(), new StreamSource<int>(), new StreamSource<int>());
        var zipped = new[] { a, b, c }.ZipAll();
        var rows = zipped.SinkToList();
        await a.EmitAsync(1).Soon();
        await b.EmitAsync(2).Soon();
        await EndAsync(a, b, c);
        Assert.That(rows, Is.Empty);

        c.Disconnect(zipped);
        zipped.Start();
        await a.EmitAsync(3).Soon();
        await b.EmitAsync(4).Soon();
        await EndAsync(a, b);

        Assert.That(rows, Is.EqualTo(new int[][] { [3, 4] }));
    }

    [Test]
    [Parity("3.1", "test_connect_combine_latest", "=")]
    public async Task CombineLatestAll_ThirdSideConnected_IsRequired()
    {
        var (a, b, c) = (new StreamSource<int>(), new StreamSource<int>(), new StreamSource<int>());
        var combined = new[] { a, b }.CombineLatestAll(emitOn: [a]);
        var rows = combined.SinkToList();
        c.Connect(combined);
        combined.Start();

        await b.DeliverAsync(2).Soon();
        await a.DeliverAsync(1).Soon();
        Assert.That(rows, Is.Empty);
        await c.DeliverAsync(3).Soon();
        await a.DeliverAsync(4).Soon();
        await EndAsync(a, b, c);

        Assert.That(rows, Is.EqualTo(new int[][] { [4, 2, 3] }));
    }

    [Test]
    [Parity("3.1", "test_connect_discombine_latest", "=")]
    public async Task CombineLatestAll_SideDisconnected_IsRequiredNoMore()
    {
        var (a, b, c) = (new StreamSource<int>(), new StreamSource<int>(), new StreamSource<int>());
        var combined = new[] { a, b, c }.CombineLatestAll(emitOn: [a]);
        var rows = combined.SinkToList();
        c.Disconnect(combined);
        combined.Start();

        await b.DeliverAsync(2).Soon();
        await a.DeliverAsync(1).Soon();
        await EndAsync(a, b);

        Assert.That(rows, Is.EqualTo(new int[][] { [1, 2] }));
    }

    [Test]
    [Defect("D19")]
    public async Task ZipAll_DisconnectedWhileTheOthersHeldElements_DoesNotStall()
    {
        var (a, b, c) = (new StreamSource<int>(), new StreamSource<int>(), new StreamSource<int>());
        var zipped = new[] { a, b, c }.ZipAll();
        var rows = zipped.SinkToList();
        await a.EmitAllAsync([1, 2, 3]).Soon();
        await b.EmitAllAsync([1, 2, 3]).Soon();
        await EndAsync(a, b, c);

        c.Disconnect(zipped);
        zipped.Start();
        await a.EmitAllAsync([4, 5, 6]).Soon();
        await b.EmitAllAsync([7, 8, 9]).Soon();
        await EndAsync(a, b);

        Assert.That(rows, Is.EqualTo(new int[][] { [4, 7], [5, 8], [6, 9] }));
    }

    [Test]
    [Defect("D20")]
    public async Task CombineLatestAll_SideThatHasEmitted_IsDisconnectedUnlessItIsEmittedOn()
    {
        var (a, b, c) = (new StreamSource<int>(), new StreamSource<int>(), new StreamSource<int>());
        var combined = new[] { a, b, c }.CombineLatestAll(emitOn: [a]).Named("rows");
        var rows = combined.SinkToList();
        combined.Start();
        await c.DeliverAsync(3).Soon();
        await b.DeliverAsync(2).Soon();
        await a.DeliverAsync(1).Soon();
        await EndAsync(a, b, c);

        Assert.That(
            () => a.Disconnect(combined),
            Throws.InvalidOperationException.With.Message.Contains("'rows' emits on 'source'"),
            "Without it the node would be silently mute.");
        c.Disconnect(combined);
        combined.Start();
        await b.DeliverAsync(5).Soon();
        await a.DeliverAsync(4).Soon();
        await EndAsync(a, b);

        Assert.That(rows, Is.EqualTo(new int[][] { [1, 2, 3], [4, 5] }));
    }

    private static Task EndAsync(params StreamSource<int>[] sources) => Task.WhenAll(sources.Select(source => source.CompleteAsync())).Soon();
}
