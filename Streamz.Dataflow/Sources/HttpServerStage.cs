using System.Net;
using System.Threading.Channels;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The running half of a source that clients send elements to over HTTP.</summary>
/// <param name="server">Where to listen.</param>
/// <param name="maxAtOnce">How many requests are served at once; others wait.</param>
/// <param name="onListening">Called with the address once requests are taken.</param>
internal abstract class HttpServerStage<T>(HttpServer server, int maxAtOnce, Action<Uri>? onListening) : SourceStage<T>
{
    private readonly Channel<Offer> _offers = Channel.CreateBounded<Offer>(1);

    protected TimeProvider TimeProvider { get; private set; } = null!;

    public override async Task RunAsync(SourceContext<T> context)
    {
        TimeProvider = context.TimeProvider;
        using var listener = server.Listen(out var address);
        onListening?.Invoke(address);
        using var ending = new CancellationTokenSource();
        var serving = Task.Run(() => AcceptAsync(listener, context, ending.Token));
        try
        {
            while (await context.AwaitAsync(_offers.Reader.WaitToReadAsync(context.Stopping)).ConfigureAwait(true))
            {
                while (_offers.Reader.TryRead(out var offer))
                {
                    await context.EmitAsync(offer.Value).ConfigureAwait(true);
                    offer.SetTaken();
                }
            }
        }
        finally
        {
            // Only now, so that nobody is told that an element was refused which the pipeline is just taking.
            await ending.CancelAsync().ConfigureAwait(true);
            await serving.ConfigureAwait(true);
        }
    }

    /// <summary>Serves one client. Until it says otherwise, the answer is 503, and the connection is closed behind it.</summary>
    protected abstract Task ServeAsync(HttpListenerContext client, CancellationToken ending);

    /// <summary>Gives an element to the pipeline, and waits until it is taken.</summary>
    /// <exception cref="OperationCanceledException">The source ends; the element was not taken.</exception>
    protected async Task OfferAsync(T value, CancellationToken ending)
    {
        var offer = new Offer(value);
        await _offers.Writer.WriteAsync(offer, ending).ConfigureAwait(false);
        await offer.Taken.WaitAsync(ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!offer.Taken.IsCompleted)
        {
            ending.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Breaks a connection, which ends whatever reads from it.</summary>
    protected static void Cut(HttpListenerContext client)
    {
        try
        {
            client.Response.Abort();
        }
        catch (Exception)
        {
            // The client has gone already.
        }
    }

    /// <summary>Tells those who come, until the listener is closed, that the source ends.</summary>
    private static async Task RefuseAllAsync(HttpListener listener, Task<HttpListenerContext>? next)
    {
        try
        {
            while (true)
            {
                var client = await (next ?? listener.GetContextAsync()).ConfigureAwait(false);
                next = null;
                Refuse(client);
                Close(client);
            }
        }
        catch (Exception failure) when (failure is HttpListenerException or InvalidOperationException)
        {
            // The listener is closed.
        }
    }

    private static void Refuse(HttpListenerContext client)
    {
        client.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
        client.Response.KeepAlive = false;
    }

    private static void Close(HttpListenerContext client)
    {
        try
        {
            client.Response.Close();
        }
        catch (Exception)
        {
            // The client has gone: nobody waits for the answer.
        }
    }

    /// <summary>Takes requests until told to end, and then waits until all of them are answered.</summary>
    private async Task AcceptAsync(HttpListener listener, SourceContext<T> context, CancellationToken ending)
    {
        using var free = new SemaphoreSlim(maxAtOnce);
        var open = new List<Task>();
        Task<HttpListenerContext>? next = null;
        try
        {
            while (true)
            {
                await free.WaitAsync(ending).ConfigureAwait(false);
                next = listener.GetContextAsync();
                var client = await next.WaitAsync(ending).ConfigureAwait(false);
                next = null;
                open.RemoveAll(task => task.IsCompleted);
                open.Add(Task.Run(() => ServeOneAsync(client, context, free, ending), CancellationToken.None));
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The source ends.
        }
        catch (Exception failure)
        {
            _offers.Writer.TryComplete(failure);
        }

        var refusing = RefuseAllAsync(listener, next);
        await Task.WhenAll(open).ConfigureAwait(false);
        listener.Close();
        await refusing.ConfigureAwait(false);
    }

    private async Task ServeOneAsync(HttpListenerContext client, SourceContext<T> context, SemaphoreSlim free, CancellationToken ending)
    {
        EndPoint? remote = null;
        try
        {
            Refuse(client);
            remote = client.Request.RemoteEndPoint;
            await ServeAsync(client, ending).ConfigureAwait(false);
        }
        catch (Exception) when (ending.IsCancellationRequested)
        {
            // The source ends, which has cut the request short.
        }
        catch (Exception failure)
        {
            PipelineLog.ConnectionFailed(context.Logger, failure, context.NodeName, remote);
        }

        Close(client);
        free.Release();
    }

    private sealed class Offer(T value)
    {
        private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public T Value => value;

        public Task Taken => _taken.Task;

        public void SetTaken() => _taken.TrySetResult();
    }
}
