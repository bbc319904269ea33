using System.Net.WebSockets;
using System.Text;
using Streamz.Dataflow.Tests.Sinks;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <content>Clients and servers of the web.</content>
internal abstract partial class Example
{
    /// <summary>A client that posts texts at the given seconds to whoever listens.</summary>
    protected WebClient GivenHttpClient(string name, params (double At, string Body)[] marks)
    {
        var client = new HttpClient();
        _cleanUp.Add(client.Dispose);
        return Play(name, marks, async (address, body) =>
        {
            using var content = new StringContent(body);
            using var answer = await client.PostAsync(address, content);
        });
    }

    /// <summary>A client that sends messages at the given seconds to whoever listens.</summary>
    protected WebClient GivenWebSocketClient(string name, params (double At, string Message)[] marks)
    {
        var client = new ClientWebSocket();
        _cleanUp.Add(client.Dispose);
        return Play(name, marks, async (address, message) =>
        {
            if (client.State == WebSocketState.None)
            {
                await client.ConnectAsync(address, default);
            }

            await client.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, default);
        });
    }

    /// <summary>A server whose messages are shown as a row of that name.</summary>
    protected Uri GivenWebSocketServer(string name)
    {
        var row = new Row(name, "");
        _outputs.Add(row);
        var server = new WebSocketReceiver
        {
            OnMessage = message =>
            {
                row.Add(Now, message);
                return Task.FromResult<WebSocketCloseStatus?>(null);
            },
        };
        _cleanUp.Add(server.Dispose);
        return server.Uri;
    }

    private WebClient Play(string name, (double At, string Text)[] marks, Func<Uri, string, Task> send)
    {
        var client = new WebClient();
        var row = new Row(name, "", isSignal: true);
        _inputs.Add(row);
        foreach (var (at, text) in marks)
        {
            row.Add(at, text);
            At(at, async () =>
            {
                var seen = SeenSoFar;
                await send(await client.Address, text);
                await Seen(seen + 1);
            });
        }

        return client;
    }

    /// <summary>Is told where to send to.</summary>
    protected sealed class WebClient
    {
        private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Uri> Address => _address.Task;

        public void Connect(Uri address) => _address.SetResult(address);
    }
}
