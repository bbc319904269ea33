using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Streamz.Dataflow;

/// <summary>Where a source listens for requests over HTTP.</summary>
/// <param name="scheme">The scheme of the addresses that are told to users.</param>
/// <param name="host">A name or an address of this machine; + for all of them.</param>
/// <param name="port">The port; 0 for one that is free.</param>
/// <param name="path">The path below which requests are taken.</param>
internal sealed class HttpServer(string scheme, string host, int port, string path)
{
    public const string DefaultHost = "localhost";
    public const string DefaultPath = "/";
    public const int DefaultMaxLength = 1 << 20;
    public const int DefaultMaxAtOnce = 100;

    private const string EveryHost = "+";
    private const int Attempts = 100;

    /// <summary>Refuses arguments that nobody can listen with.</summary>
    public static HttpServer Create(string node, string scheme, string host, int port, string path)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, IPEndPoint.MinPort);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(host);
        if (path[0] != '/' || path.AsSpan().ContainsAny('?', '#', '%'))
        {
            throw new ArgumentException($"{node} cannot listen below the path '{path}'. Give one that begins with a slash and has no query, for example /orders.", nameof(path));
        }

        if (host != EveryHost && Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            throw new ArgumentException($"{node} cannot listen at the host '{host}'. Give a name or an address of this machine without a port, or + for all of them.", nameof(host));
        }

        return new HttpServer(scheme, Bracketed(host.ToLowerInvariant()), port, path.EndsWith('/') ? path : path + "/");
    }

    /// <summary>Listens.</summary>
    /// <param name="address">Where clients on this machine reach it.</param>
    /// <exception cref="HttpListenerException">The port is taken, or not to be had.</exception>
    public HttpListener Listen(out Uri address)
    {
        for (var attempt = 1; ; attempt++)
        {
            var chosen = port == 0 ? FindFreePort() : port;
            address = new Uri($"{scheme}://{(host is DefaultHost or EveryHost ? "127.0.0.1" : host)}:{Text(chosen)}{path}");
            var listener = new HttpListener { IgnoreWriteExceptions = true };
            try
            {
                Add(listener, host, chosen);
                if (host == DefaultHost)
                {
                    // Requests are taken only under the very host that they name.
                    Add(listener, "127.0.0.1", chosen);
                }

                listener.Start();
                return listener;
            }
            catch (HttpListenerException) when (port == 0 && attempt < Attempts)
            {
                // A listener cannot ask for any free port, and somebody else has taken this one meanwhile.
                listener.Close();
            }
            catch (HttpListenerException failure)
            {
                listener.Close();
                throw new HttpListenerException(failure.ErrorCode, $"Nobody can listen at {address}: {failure.Message}");
            }
        }
    }

    public override string ToString() => $"{host}:{Text(port)}{path}";

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static string Bracketed(string host) => Uri.CheckHostName(host) == UriHostNameType.IPv6 && host[0] != '[' ? $"[{host}]" : host;

    private void Add(HttpListener listener, string name, int chosen) => listener.Prefixes.Add($"http://{name}:{Text(chosen)}{path}");

    private int FindFreePort()
    {
        var address = host switch
        {
            DefaultHost => IPAddress.Loopback,
            EveryHost => IPAddress.Any,
            _ => IPAddress.TryParse(host.Trim('[', ']'), out var parsed) ? parsed : Dns.GetHostAddresses(host)[0],
        };
        using var probe = new TcpListener(address, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
