using System.Net;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Samples.Service;

namespace Streamz.Dataflow.Tests.Samples.Service;

[TestFixture, CancelAfter(60_000)]
internal sealed class OrderLoadTests
{
    [Test]
    public async Task Run_AnswersOfEachKind_AreCountedAndNoneIsLost()
    {
        var clock = new FakeTimeProvider();
        using var service = new Service();
        using var client = new HttpClient(service) { BaseAddress = new Uri("http://localhost") };
        using var load = new OrderLoad(client, perSecond: 400, clock);
        using var stopping = new CancellationTokenSource();

        var running = load.RunAsync(stopping.Token);
        await Waiting.Until(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            return Task.FromResult(load.Sent >= 40);
        });
        await stopping.CancelAsync();
        clock.Advance(TimeSpan.FromMilliseconds(10));
        await running.Soon();

        Assert.That(load.Accepted, Has.Count.GreaterThanOrEqualTo(10));
        Assert.That(load.Accepted.Count + load.Refused, Is.EqualTo(load.Sent));
    }

    /// <summary>Takes an order, is full, cannot be reached, and is given up, in turn.</summary>
    private sealed class Service : HttpMessageHandler
    {
        private int _calls;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => (Interlocked.Increment(ref _calls) % 4) switch
        {
            0 => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)),
            1 => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)),
            2 => Task.FromException<HttpResponseMessage>(new HttpRequestException("Nobody is there.")),
            _ => Task.FromException<HttpResponseMessage>(new TaskCanceledException("The answer takes too long.")),
        };
    }
}
