using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

public static partial class StreamSource
{
    private const int DefaultMaxConnections = 100;

    /// <summary>Listens on a port of the loopback address, and emits the lines that are sent there.</summary>
    /// <remarks>As for an endpoint, which is also how to listen to other machines.</remarks>
    /// <param name="port">The port; 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
    /// <param name="delimiter">What ends an element, and is left out of it. The default is null: a line feed, with or without a carriage return before it.</param>
    /// <param name="maxLineLength">How many characters a line may have; at least 1. The default is 1,048,576.</param>
    /// <param name="maxConnections">How many connections are read at once; others wait; at least 1. The default is 100.</param>
    /// <param name="encoding">The encoding. The default is UTF-8.</param>
    /// <param name="onListening">Called in each run, once connections are accepted, with the endpoint listened on.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of lines, without their delimiters.</returns>
    /// <exception cref="ArgumentException"><paramref name="delimiter"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Stream<string> FromTcp(
        int port,
        string? delimiter = null,
        int maxLineLength = LineSplitter.DefaultMaxLength,
        int maxConnections = DefaultMaxConnections,
        Encoding? encoding = null,
        Action<IPEndPoint>? onListening = null,
        StreamOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, IPEndPoint.MinPort);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        return FromTcp(new IPEndPoint(IPAddress.Loopback, port), delimiter, maxLineLength, maxConnections, encoding, onListening, options);
    }

    /// <summary>Listens for connections, and emits the lines that are sent over them.</summary>
    /// <remarks>
    /// <b>Order:</b> kept within a connection; connections mix. <b>Buffering:</b> a block of 4 KB and the line being read for each connection, and one line
    /// between them and the pipeline. <b>Back-pressure:</b> while the pipeline is full the connections are not read, so that senders come to wait.
    /// <b>Completion:</b> ends when the pipeline stops, which closes the port and the connections; what was sent and not emitted is lost. What a sender
    /// has sent after its last delimiter is a line when it closes its end. <b>Faults:</b> a connection that breaks, or that sends a line that is too
    /// long or not in the encoding, is closed and told in the log; the others go on. A port that cannot be listened on stops the pipeline, unless
    /// <see cref="GraphEditing.OnError{TStream}"/> says otherwise; a retry listens again. Each run
    /// listens anew.
    /// </remarks>
    /// <param name="endPoint">Where to listen; the port 0 lets the system choose one, which <paramref name="onListening"/> tells.</param>
    /// <param name="delimiter">What ends an element, and is left out of it. The default is null: a line feed, with or without a carriage return before it.</param>
    /// <param name="maxLineLength">How many characters a line may have; at least 1. The default is 1,048,576.</param>
    /// <param name="maxConnections">How many connections are read at once; others wait; at least 1. The default is 100.</param>
    /// <param name="encoding">The encoding. The default is UTF-8.</param>
    /// <param name="onListening">Called in each run, once connections are accepted, with the endpoint listened on.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of lines, without their delimiters.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="delimiter"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Stream<string> FromTcp(
        IPEndPoint endPoint,
        string? delimiter = null,
        int maxLineLength = LineSplitter.DefaultMaxLength,
        int maxConnections = DefaultMaxConnections,
        Encoding? encoding = null,
        Action<IPEndPoint>? onListening = null,
        StreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        LineSplitter.CheckArguments("from_tcp", delimiter, maxLineLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConnections, 1);
        return new Stream<string>(
            new SourceNode<string>(
                "from_tcp",
                () => new TcpStage(endPoint, maxConnections, () => new LineSplitter(encoding ?? Encoding.UTF8, delimiter, maxLineLength), onListening),
                options)
            {
                CanRestart = true,
                Details = endPoint.ToString(),
            });
    }

    private sealed class TcpStage(IPEndPoint endPoint, int maxConnections, Func<LineSplitter> createSplitter, Action<IPEndPoint>? onListening)
        : SourceStage<string>
    {
        private const int BlockSize = 1 << 12;

        private Channel<string> _lines = null!;

        public override async Task RunAsync(SourceContext<string> context)
        {
            // One that has failed is closed for good.
            _lines = Channel.CreateBounded<string>(1);
            using var listener = new TcpListener(endPoint);
            listener.Start();
            onListening?.Invoke((IPEndPoint)listener.LocalEndpoint);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.Stopping);
            var connections = Task.Run(() => AcceptAsync(listener, context, ending.Token));
            try
            {
                while (await context.AwaitAsync(_lines.Reader.WaitToReadAsync(context.Stopping)).ConfigureAwait(true))
                {
                    while (_lines.Reader.TryRead(out var line))
                    {
                        await context.EmitAsync(line).ConfigureAwait(true);
                    }
                }
            }
            finally
            {
                await ending.CancelAsync().ConfigureAwait(true);
                await connections.ConfigureAwait(true);
            }
        }

        /// <summary>Accepts connections until told to end, and then waits until all of them have.</summary>
        private async Task AcceptAsync(TcpListener listener, SourceContext<string> context, CancellationToken ending)
        {
            using var free = new SemaphoreSlim(maxConnections);
            var open = new List<Task>();
            try
            {
                while (true)
                {
                    await free.WaitAsync(ending).ConfigureAwait(false);
                    var client = await listener.AcceptTcpClientAsync(ending).ConfigureAwait(false);
                    open.RemoveAll(connection => connection.IsCompleted);
                    open.Add(ServeAsync(client, context, free, ending));
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // The source ends.
            }
            catch (Exception failure)
            {
                _lines.Writer.TryComplete(failure);
            }

            await Task.WhenAll(open).ConfigureAwait(false);
        }

        private async Task ServeAsync(TcpClient client, SourceContext<string> context, SemaphoreSlim free, CancellationToken ending)
        {
            EndPoint? remote = null;
            try
            {
                using (client)
                {
                    remote = client.Client.RemoteEndPoint;
                    await ReadAsync(client.GetStream(), ending).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // The source ends.
            }
            catch (Exception failure)
            {
                PipelineLog.ConnectionFailed(context.Logger, failure, context.NodeName, remote);
            }

            free.Release();
        }

        private async Task ReadAsync(NetworkStream stream, CancellationToken ending)
        {
            var splitter = createSplitter();
            var block = new byte[BlockSize];
            string? line;
            while (await stream.ReadAsync(block, ending).ConfigureAwait(false) is > 0 and var count)
            {
                splitter.Append(block.AsSpan(0, count));
                while (splitter.TryTake(out line))
                {
                    await _lines.Writer.WriteAsync(line, ending).ConfigureAwait(false);
                }
            }

            if (splitter.TryTakeRest(out line))
            {
                await _lines.Writer.WriteAsync(line, ending).ConfigureAwait(false);
            }
        }
    }
}
