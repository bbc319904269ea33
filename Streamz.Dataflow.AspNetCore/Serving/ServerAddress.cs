using System.Net;
using Microsoft.AspNetCore.Http;

namespace Streamz.Dataflow.Serving;

/// <summary>Where a source takes requests.</summary>
internal sealed class ServerAddress
{
    public const string DefaultPath = "/";
    public const int DefaultMaxLength = 1 << 20;
    public const int DefaultMaxAtOnce = 100;

    private readonly string _scheme;
    private readonly PathString _path;

    private ServerAddress(string scheme, IPEndPoint endPoint, PathString path) => (_scheme, EndPoint, _path) = (scheme, endPoint, path);

    public IPEndPoint EndPoint { get; }

    /// <summary>Refuses arguments that nobody can listen with.</summary>
    public static ServerAddress Create(string node, string scheme, IPEndPoint endPoint, string path)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path[0] != '/' || path.AsSpan().ContainsAny('?', '#', '%'))
        {
            throw new ArgumentException($"{node} cannot take requests below the path '{path}'. Give one that begins with a slash and has no query, for example /orders.", nameof(path));
        }

        return new ServerAddress(scheme, endPoint, path.TrimEnd('/'));
    }

    public static IPEndPoint Loopback(int port)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, IPEndPoint.MinPort);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        return new IPEndPoint(IPAddress.Loopback, port);
    }

    /// <summary>Whether a request is for this source, by its path.</summary>
    public bool Matches(PathString requested) => requested.StartsWithSegments(_path);

    /// <summary>The address for clients on this machine.</summary>
    public Uri At(IPEndPoint bound)
    {
        var address = bound.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : bound.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : bound.Address;
        return new Uri($"{_scheme}://{new IPEndPoint(address, bound.Port)}{(_path.HasValue ? _path.ToUriComponent() : DefaultPath)}");
    }

    public override string ToString() => $"{EndPoint}{(_path.HasValue ? _path.Value : DefaultPath)}";
}
