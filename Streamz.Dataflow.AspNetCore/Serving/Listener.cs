using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Streamz.Dataflow.Serving;

/// <summary>Kestrel at one endpoint, without a host: it reads no configuration, and handles no signals of the process.</summary>
internal sealed class Listener : IDisposable
{
    private readonly KestrelServer _server;

    private Listener(KestrelServer server, IPEndPoint endPoint) => (_server, EndPoint) = (server, endPoint);

    /// <summary>Where it listens, with the port that was chosen.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Listens.</summary>
    /// <exception cref="IOException">The port is taken, or not to be had.</exception>
    public static async Task<Listener> StartAsync(IPEndPoint endPoint, RequestDelegate serve)
    {
        ListenOptions? bound = null;
        var options = new KestrelServerOptions { AddServerHeader = false };

        // Bodies are counted where they are read. Kestrel would cut off a client whose body is too long before it has read its answer.
        options.Limits.MaxRequestBodySize = null;
        options.Listen(endPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            bound = listen;
        });
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        var server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
        try
        {
            var upgrading = new WebSocketMiddleware(serve, Options.Create(new WebSocketOptions()), NullLoggerFactory.Instance);
            await server.StartAsync(new Application(upgrading.Invoke), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            server.Dispose();
            throw;
        }

        return new Listener(server, bound!.IPEndPoint!);
    }

    /// <summary>Closes the port at once, and connections when their requests are answered.</summary>
    /// <param name="cut">Cancelled when connections are to be cut.</param>
    public Task StopAsync(CancellationToken cut) => _server.StopAsync(cut);

    public void Dispose() => _server.Dispose();

    private sealed class Application(RequestDelegate serve) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => serve(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
