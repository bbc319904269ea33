using System.Net;
using System.Net.Sockets;
using System.Text;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(30_000)]
internal sealed class FromTcpTests : IDisposable
{
    private readonly TaskCompletionSource<IPEndPoint> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CapturedLog _log = new(eventOfInterest: 7);

    public void Dispose() => _log.Dispose();

    [Test]
    [Parity("3.2", "test_tcp", "=")]
    public async Task FromTcp_SeveralConnections_AreAllRead()
    {
        var arrived = new Arrived(6);
        await using var pipeline = Listen().Sink(arrived.Add).Start();

        using var first = await ConnectAsync();
        using var second = await ConnectAsync();
        await SendAsync(first, "a1\na2\n");
        await SendAsync(second, "b1\r\nb2\n");
        await SendAsync(first, "a3\n");
        await SendAsync(second, "b3\n");
        await arrived.All.Soon();

        Assert.That(arrived.Lines.Where(line => line[0] == 'a'), Is.EqualTo(new[] { "a1", "a2", "a3" }));
        Assert.That(arrived.Lines.Where(line => line[0] == 'b'), Is.EqualTo(new[] { "b1", "b2", "b3" }));
    }

    [Test]
    [Parity("3.2", "test_tcp_word_count_example", "=")]
    public async Task FromTcp_TwoMessagesOnOneConnection_AreBothCounted()
    {
        var arrived = new Arrived(5);
        await using var pipeline = Listen().Flatten(line => line.Split(' ')).Sink(arrived.Add).Start();

        using var client = await ConnectAsync();
        await SendAsync(client, "the quick\n");
        await SendAsync(client, "the brown the\n");
        await arrived.All.Soon();

        Assert.That(arrived.Lines.CountBy(word => word), Is.EquivalentTo(new Dictionary<string, int> { ["the"] = 3, ["quick"] = 1, ["brown"] = 1 }));
    }

    [Test]
    [Parity("3.2", "test_tcp_async", "=")]
    [Defect("D16")]
    public async Task FromTcp_AsynchronousSink_IsAwaitedForEachLine()
    {
        var arrived = new Arrived(3);
        var (running, most) = (0, 0);
        await using var pipeline = Listen().Sink(async line =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            arrived.Add(line);
        }).Start();

        using var client = await ConnectAsync();
        await SendAsync(client, "a\nb\nc\n");
        await arrived.All.Soon();

        Assert.That(arrived.Lines, Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(most, Is.EqualTo(1));
    }

    [Test]
    [Defect("D16")]
    public async Task FromTcp_SlowSink_MakesTheSenderWait()
    {
        const int Count = 400;
        var release = new TaskCompletionSource();
        var first = new TaskCompletionSource();
        var arrived = new Arrived(Count);
        await using var pipeline = Listen().Sink(async line =>
        {
            first.TrySetResult();
            await release.Task;
            arrived.Add(line);
        }).Start();
        using var client = await ConnectAsync();

        // More than the system keeps of it on its way.
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                await SendAsync(client, new string('x', 100_000) + "\n");
            }
        });
        await first.Task.Soon();
        await pipeline.WhenSettledAsync().Soon();
        var received = pipeline.GetSnapshot().Nodes[0].Received;
        var sent = sending.IsCompleted;
        release.SetResult();
        await sending.Soon();
        await arrived.All.Soon();

        Assert.That(received, Is.EqualTo(1));
        Assert.That(sent, Is.False);
    }

    [Test]
    public async Task FromTcp_LineTooLong_ClosesThatConnectionOnlyAndSaysSo()
    {
        var arrived = new Arrived(2);
        await using var pipeline = Listen(maxLineLength: 5).Named("orders").Sink(arrived.Add).Start();
        using var bad = await ConnectAsync();
        using var good = await ConnectAsync();

        await SendAsync(bad, "12345\n123456");
        await EndOfAsync(bad);
        await SendAsync(good, "1\n");
        await arrived.All.Soon();
        await _log.First.Soon();

        Assert.That(arrived.Lines, Is.EqualTo(new[] { "12345", "1" }));
        var (level, text, failure) = _log.Entries.Single();
        Assert.That(level, Is.EqualTo(Microsoft.Extensions.Logging.LogLevel.Warning));
        Assert.That(text, Does.StartWith("A connection of 'orders' from 127.0.0.1:"));
        Assert.That(failure, Is.TypeOf<InvalidDataException>().With.Message.Contains("longer than 5 characters"));
    }

    [Test]
    public async Task FromTcp_ConnectionBreaks_OthersGoOn()
    {
        var arrived = new Arrived(2);
        await using var pipeline = Listen().Sink(arrived.Add).Start();

        using (var broken = await ConnectAsync())
        {
            await SendAsync(broken, "a\n");
            await arrived.First.Soon();

            // Resets the connection, where disposing the client would end it in good order.
            broken.LingerState = new LingerOption(true, 0);
            broken.Client.Close();
        }

        await _log.First.Soon();
        using var good = await ConnectAsync();
        await SendAsync(good, "b\n");
        await arrived.All.Soon();

        Assert.That(arrived.Lines, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task FromTcp_SenderCloses_GivesWhatCameAfterTheLastDelimiter()
    {
        var arrived = new Arrived(2);
        await using var pipeline = Listen(delimiter: ";").Sink(arrived.Add).Start();

        using (var client = await ConnectAsync())
        {
            await SendAsync(client, "größe;日本");
        }

        await arrived.All.Soon();
        Assert.That(arrived.Lines, Is.EqualTo(new[] { "größe", "日本" }));
    }

    [Test]
    public async Task FromTcp_MoreConnectionsThanAllowed_WaitForTheirTurn()
    {
        var arrived = new Arrived(2);
        await using var pipeline = Listen(maxConnections: 1).Sink(arrived.Add).Start();
        using var second = new TcpClient();

        using (var first = await ConnectAsync())
        {
            await SendAsync(first, "a\n");
            await arrived.First.Soon();
            await second.ConnectAsync(await _listening.Task.Soon()).Soon();
            await SendAsync(second, "b\n");
            await pipeline.WhenSettledAsync().Soon();
            Assert.That(arrived.Lines, Is.EqualTo(new[] { "a" }));
        }

        await arrived.All.Soon();
        Assert.That(arrived.Lines, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task FromTcp_PipelineStops_ClosesConnectionsAndListensAgainOnTheSamePort()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("The test needs an address of its own, so that nobody takes its port.");
        }

        var listening = new Queue<TaskCompletionSource<IPEndPoint>>([_listening, new()]);
        var source = StreamSource.FromTcp(new IPEndPoint(IPAddress.Parse("127.98.76.54"), 43210), onListening: endPoint => listening.Dequeue().SetResult(endPoint));
        var lines = source.SinkToList();
        for (var run = 0; run < 2; run++)
        {
            var started = listening.Peek();
            var pipeline = source.Start();
            using var client = new TcpClient();
            await client.ConnectAsync(await started.Task.Soon()).Soon();
            await SendAsync(client, "a\n");
            await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
            await EndOfAsync(client);
        }

        Assert.That(lines, Has.All.EqualTo("a"));
    }

    [Test]
    public void FromTcp_BadArguments_AreRefused()
    {
        Assert.That(() => StreamSource.FromTcp(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromTcp(65536), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromTcp(0, delimiter: ""), Throws.ArgumentException.With.Message.Contains("from_tcp"));
        Assert.That(() => StreamSource.FromTcp(0, maxLineLength: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromTcp(0, maxConnections: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static async Task SendAsync(TcpClient client, string text) => await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text)).Soon();

    /// <summary>Waits until the other side has closed the connection, orderly or not.</summary>
    private static async Task EndOfAsync(TcpClient client)
    {
        try
        {
            Assert.That(await client.GetStream().ReadAsync(new byte[1]).AsTask().Soon(), Is.Zero);
        }
        catch (IOException)
        {
            // Reset, because something that was sent had not been read.
        }
    }

    private Stream<string> Listen(string? delimiter = null, int maxLineLength = 1_000_000, int maxConnections = 10) => StreamSource.FromTcp(
        0,
        delimiter,
        maxLineLength,
        maxConnections,
        onListening: endPoint => _listening.SetResult(endPoint),
        options: new StreamOptions { LoggerFactory = _log });

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(await _listening.Task.Soon()).Soon();
        return client;
    }

    private sealed class Arrived(int expected)
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<string> _lines = [];

        public Task First => _first.Task;

        public Task All => _all.Task;

        public List<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public void Add(string line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                _first.TrySetResult();
                if (_lines.Count == expected)
                {
                    _all.TrySetResult();
                }
            }
        }
    }
}
