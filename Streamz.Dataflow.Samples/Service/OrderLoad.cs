using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace Streamz.Dataflow.Samples.Service;

/// <summary>Posts orders at a steady rate, as many customers would, and remembers those that the service has accepted.</summary>
internal sealed class OrderLoad(HttpClient client, int perSecond, TimeProvider clock) : IDisposable
{
    private const int MostInFlight = 512;
    private const int UnknownProductEvery = 50;

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(10);

    private readonly SemaphoreSlim _inFlight = new(MostInFlight);
    private readonly ConcurrentBag<string> _accepted = [];
    private int _sent;
    private int _refused;

    public int Sent => Volatile.Read(ref _sent);

    /// <summary>How many were answered with anything but 200, or not at all.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public IReadOnlyCollection<string> Accepted => _accepted;

    /// <summary>Posts until it is told to stop, and waits for all answers.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var began = clock.GetTimestamp();
        using var timer = new PeriodicTimer(s_step, clock);
        while (!stopping.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
            for (var due = (int)(clock.GetElapsedTime(began).TotalSeconds * perSecond); _sent < due && !stopping.IsCancellationRequested;)
            {
                // A service that is slower than the load gets as much as it takes.
                await _inFlight.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                _ = PostAsync(Interlocked.Increment(ref _sent));
            }
        }

        for (var left = MostInFlight; left > 0; left--)
        {
            await _inFlight.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose() => _inFlight.Dispose();

    private async Task PostAsync(int number)
    {
        var product = number % UnknownProductEvery == 0 ? "unicorn" : PriceService.Products[number % PriceService.Products.Count];
        var order = new Order(string.Create(CultureInfo.InvariantCulture, $"load-{number}"), product, 1 + (number % 5));
        try
        {
            using var answer = await client.PostAsJsonAsync("/orders", order).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                _accepted.Add(order.Id);
            }
            else
            {
                Interlocked.Increment(ref _refused);
            }
        }
        catch (Exception nobody) when (nobody is HttpRequestException or TaskCanceledException)
        {
            Interlocked.Increment(ref _refused);
        }
        finally
        {
            _inFlight.Release();
        }
    }
}
