using System.Net;
using System.Net.Sockets;
using MQTTnet.Protocol;

namespace Streamz.Dataflow.Tests.Mqtt;

/// <summary>What becomes of a packet on a <see cref="Wire"/>.</summary>
internal enum Fate
{
    Pass,
    Vanish,
    Break,
}

/// <summary>The way from clients to a broker, which lets packets vanish and breaks connections where a test wants it.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _broker;
    private readonly Func<MqttControlPacketType, Fate> _fate;
    private readonly List<TcpClient> _ends = [];
    private readonly SemaphoreSlim _struck = new(0);
    private readonly Task _accepting;
    private volatile NetworkStream? _toClient;

    /// <param name="broker">Where the broker listens.</param>
    /// <param name="fate">What becomes of a packet, from either side; by default all pass.</param>
    public Wire(IPEndPoint broker, Func<MqttControlPacketType, Fate>? fate = null)
    {
        _broker = broker;
        _fate = fate ?? (_ => Fate.Pass);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public EndPoint EndPoint => _listener.LocalEndpoint;

    /// <summary>Completes when a packet did not pass of which no earlier call has told.</summary>
    public Task StruckAsync() => _struck.WaitAsync().Soon();

    /// <summary>Gives the newest client a packet that its broker has not sent.</summary>
    public async Task InjectAsync(byte[] packet) => await _toClient!.WriteAsync(packet);

    /// <summary>Breaks the connections that there are.</summary>
    public void Break()
    {
        lock (_ends)
        {
            _ends.ForEach(end => end.Close());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Break();
        await _accepting.Ended();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await _listener.AcceptTcpClientAsync()));
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            Break();
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var broker = new TcpClient();
        lock (_ends)
        {
            _ends.AddRange([client, broker]);
        }

        try
        {
            await broker.ConnectAsync(_broker);
            _toClient = client.GetStream();
            await Task.WhenAny(CopyAsync(client.GetStream(), broker.GetStream()), CopyAsync(broker.GetStream(), client.GetStream()));
        }
        catch (Exception broken) when (broken is SocketException or InvalidOperationException)
        {
            // Broken while it was made.
        }

        client.Close();
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            while (await ReadPacketAsync(from) is { } packet)
            {
                var fate = _fate((MqttControlPacketType)(packet[0] >> 4));
                if (fate == Fate.Pass)
                {
                    await to.WriteAsync(packet);
                    continue;
                }

                _struck.Release();
                if (fate == Fate.Break)
                {
                    return;
                }
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            // Both ends are closed when one direction has ended.
        }
    }

    /// <summary>One packet: its type, its length in groups of seven bits, and what follows.</summary>
    private static async Task<byte[]?> ReadPacketAsync(NetworkStream from)
    {
        var head = new List<byte>();
        var (length, shift) = (0, 0);
        do
        {
            var one = new byte[1];
            if (await from.ReadAsync(one) == 0)
            {
                return null;
            }

            head.Add(one[0]);
            if (head.Count > 1)
            {
                length |= (one[0] & 0x7F) << shift;
                shift += 7;
            }
        }
        while (head.Count < 2 || (head[^1] & 0x80) != 0);

        var body = new byte[length];
        await from.ReadExactlyAsync(body);
        return [.. head, .. body];
    }
}
