using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Serving;

/// <summary>A source that serves requests, each at its own pace, and emits what they bring one after the other.</summary>
/// <remarks>
/// The loop of the source ends when the pipeline stops, while requests still wait to hear what became of their elements: what an operator holds is
/// let go of only behind that end. They are answered, and the server is left, when the run is over, in <see cref="DisposeAsync"/>.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The listener is disposed by DisposeAsync. The others have no timers and no wait handles, and a request that is cut may still come to them.")]
internal abstract class ServerStage<T>(ServerAddress server, int maxAtOnce, Action<Uri>? onListening) : SourceStage<T>, IAsyncDisposable
{
    /// <summary>How long a client is waited for that is to hear the end. By the clock of the world, in which clients are.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Channel<Offer<T>> _offers = Channel.CreateBounded<Offer<T>>(1);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly TaskCompletionSource _allLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Listener? _listener;
    private Task _stopping = Task.CompletedTask;

    // One for the server itself, until it is told to stop.
    private int _present = 1;

    protected SourceContext<T> Context { get; private set; } = null!;

    /// <summary>Cancelled when nothing is taken any more.</summary>
    protected CancellationToken Ending => _ending.Token;

    public override async Task RunAsync(SourceContext<T> context)
    {
        Context = context;
        try
        {
            _listener = await context.AwaitAsync(new ValueTask<Listener>(Listener.StartAsync(server.EndPoint, ServeOneAsync))).ConfigureAwait(true);
            onListening?.Invoke(server.At(_listener.EndPoint));
            while (await context.AwaitAsync(_offers.Reader.WaitToReadAsync(context.Stopping)).ConfigureAwait(true))
            {
                while (_offers.Reader.TryRead(out var offer))
                {
                    await EmitAsync(offer).ConfigureAwait(true);
                }
            }
        }
        finally
        {
            _stopping = _listener?.StopAsync(_cut.Token) ?? Task.CompletedTask;
            _offers.Writer.Complete();
            while (_offers.Reader.TryRead(out var offer))
            {
                offer.Refuse();
            }

            await _ending.CancelAsync().ConfigureAwait(true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Leave();
        await _allLeft.Task.ConfigureAwait(false);
        await _stopping.WaitAsync(Patience, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _cut.CancelAsync().ConfigureAwait(false);
        await _stopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener?.Dispose();
    }

    /// <summary>Serves one request that is for this source. What it throws is told in the log.</summary>
    protected abstract Task ServeAsync(HttpContext http);

    /// <summary>Gives an element to the pipeline, when it is its turn.</summary>
    /// <returns>What becomes of the element; null if the source ends and has not taken it.</returns>
    /// <exception cref="OperationCanceledException">Whoever brought it has gone; it was not taken.</exception>
    protected async Task<Task<DeliveryOutcome>?> OfferAsync(T value, CancellationToken gone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, Ending);
        try
        {
            await _turn.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Ending.IsCancellationRequested)
        {
            return null;
        }

        try
        {
            var offer = new Offer<T>(value, gone);
            return _offers.Writer.TryWrite(offer) ? await offer.Answer.ConfigureAwait(false) : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task EmitAsync(Offer<T> offer)
    {
        try
        {
            offer.Accept(await Context.EmitFollowedAsync(offer.Value, offer.Gone).ConfigureAwait(true));
        }
        catch (OperationCanceledException) when (Context.Stopping.IsCancellationRequested)
        {
            offer.Refuse();
            throw;
        }
        catch (OperationCanceledException)
        {
            offer.Withdraw();
        }
    }

    private async Task ServeOneAsync(HttpContext http)
    {
        var present = Interlocked.Increment(ref _present);
        try
        {
            // Whatever happens, the answer is no success unless the request was served.
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            if (!server.Matches(http.Request.Path))
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
            }
            else if (present <= maxAtOnce + 1 && !Ending.IsCancellationRequested)
            {
                await ServeAsync(http).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException || Ending.IsCancellationRequested)
        {
            // The client has gone, or the source ends.
        }
        catch (Exception failure)
        {
            AspNetCoreLog.ConnectionFailed(Context.Logger, failure, Context.NodeName, Remote(http));
        }

        Leave();
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _present) == 0)
        {
            _allLeft.TrySetResult();
        }
    }

    private static IPEndPoint? Remote(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, http.Connection.RemotePort) : null;
}
