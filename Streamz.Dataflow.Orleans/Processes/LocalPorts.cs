using System.Net;
using System.Net.Sockets;

namespace Streamz.Dataflow.Orleans.Processes;

/// <summary>Finds ports of the loopback address that nobody uses.</summary>
internal static class LocalPorts
{
    public static int[] Free(int count)
    {
        var listeners = new TcpListener[count];
        try
        {
            var ports = new int[count];
            for (var i = 0; i < count; i++)
            {
                listeners[i] = new TcpListener(IPAddress.Loopback, 0);
                listeners[i].Start();
                ports[i] = ((IPEndPoint)listeners[i].LocalEndpoint).Port;
            }

            return ports;
        }
        finally
        {
            foreach (var listener in listeners)
            {
                listener?.Dispose();
            }
        }
    }
}
