using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Streamz.Dataflow.Tests.AspNetCore;

namespace Streamz.Dataflow.Tests.Samples.Service;

/// <summary>The real service in trouble: told to stop under load, and with a price service that is gone or silent.</summary>
[TestFixture, CancelAfter(180_000), NonParallelizable]
internal sealed class ServiceProcessTests
{
    private const int Orders = 800;

    /// <summary>The places of the pipeline, those in front of its two segments.</summary>
    private const int Places = 128 + 64;

    private const int MostWaiting = 500;

    [Test, Platform(Exclude = "Win", Reason = "There is no SIGTERM.")]
    public async Task Service_AskedToEndUnderLoad_EveryAcceptedOrderIsKeptOnce()
    {
        using var service = await ServiceProcess.StartAsync();
        var accepted = new ConcurrentBag<string>();
        var customers = Enumerable.Range(0, 300).Select(customer => OrderUntilRefusedAsync(service, customer, accepted)).ToList();
        await Waiting.Until(() => Task.FromResult(accepted.Count > 500));

        service.AskToEnd();
        var run = await service.EndAsync();
        await Task.WhenAll(customers).Soon();

        var (saved, rejected, replaced) = await service.ReadDatabaseAsync();
        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error + run.Output);
            Assert.That(run.Output, Does.Contain("Drained."));
            Assert.That(accepted.Except(saved).Except(rejected), Is.Empty, "An order that was accepted is not there.");
            Assert.That(saved.Intersect(rejected), Is.Empty);
            Assert.That(replaced, Is.Zero, "An order was written twice.");
            Assert.That(rejected, Is.Not.Empty);
        });
    }

    [Test]
    public async Task Service_PricesAreKilledAndComeBack_HoldsOrdersAndSavesEveryAcceptedOne()
    {
        using var first = SampleProcess.Start("prices", "--port", "0");
        var prices = ServiceProcess.AddressIn(await first.ReadToAsync("Prices are told at"));
        using var service = await ServiceProcess.StartAsync(prices);
        Assert.That(await service.PostAsync("before").Soon(), Is.EqualTo(HttpStatusCode.OK));

        first.Kill();
        await first.EndAsync();
        var posts = Enumerable.Range(0, Orders).ToDictionary(number => $"order-{number}", number => service.PostAsync($"order-{number}"));
        await FillAsync(service, [.. posts.Values]);
        Assert.That(StatusesOf(posts.Values), Is.Not.Empty.And.All.EqualTo(HttpStatusCode.ServiceUnavailable));

        using var second = SampleProcess.Start("prices", "--port", $"{prices.Port}");
        await Task.WhenAll(posts.Values).Soon();

        var (saved, rejected, replaced) = await service.ReadDatabaseAsync();
        var accepted = posts.Where(post => post.Value.Result == HttpStatusCode.OK).Select(post => post.Key).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(StatusesOf(posts.Values), Is.All.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(accepted, Has.Count.GreaterThanOrEqualTo(Places));
            Assert.That(saved, Is.EquivalentTo(accepted.Append("before")));
            Assert.That(rejected, Is.Empty);
            Assert.That(replaced, Is.Zero);
        });
    }

    [Test]
    public async Task Service_PricesAnswerNothing_QueuesStayBoundedAndClientsAreToldToWait()
    {
        await using var prices = await TestApp.StartAsync(app => app.MapGet("/prices", (HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted)));
        using var service = await ServiceProcess.StartAsync(prices.Address);
        using var leaving = new CancellationTokenSource();
        var posts = Enumerable.Range(0, Orders).Select(number => service.PostAsync($"order-{number}", leaving: leaving.Token)).ToList();

        await FillAsync(service, posts);
        await Waiting.Until(async () => (await ReadBoundedAsync(service))["price"].Retried > 0);
        Assert.That(StatusesOf(posts), Is.Not.Empty.And.All.EqualTo(HttpStatusCode.ServiceUnavailable));
        using (var late = await service.Client.PostAsJsonAsync("/orders", new { id = "late", product = "pen", quantity = 1 }).Soon())
        {
            Assert.That((late.StatusCode, late.Headers.RetryAfter?.Delta), Is.EqualTo((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1))));
        }

        Assert.That(await service.Client.GetStringAsync("/health/live").Soon(), Is.EqualTo("Healthy"));

        // Who leaves takes back what was not accepted.
        await leaving.CancelAsync();
        await Task.WhenAll(posts).Soon();
        await Waiting.Until(async () => (await ReadBoundedAsync(service))["orders"].Waiting == 0);
        Assert.That((await service.ReadDatabaseAsync()).Saved, Is.Empty);
    }

    private static async Task OrderUntilRefusedAsync(ServiceProcess service, int customer, ConcurrentBag<string> accepted)
    {
        for (var number = 0; ; number++)
        {
            var id = $"{customer}-{number}";
            var kind = (customer + number) % 10;
            if (await service.PostAsync(id, kind == 9 ? "unicorn" : "pen", quantity: kind == 5 ? 0 : 1) != HttpStatusCode.OK)
            {
                return;
            }

            accepted.Add(id);
        }
    }

    /// <summary>Waits until every order that was posted is in the pipeline, waits in front of it, or was refused, and nothing moves any more.</summary>
    private static Task FillAsync(ServiceProcess service, List<Task<HttpStatusCode?>> posts) => Waiting.Until(async () =>
    {
        var nodes = await ReadBoundedAsync(service);
        return nodes["orders"] is { Queued: var queued, Capacity: var capacity, Waiting: > 0 and var waiting } && queued == capacity
            && nodes["price"] is { Queued: var priced, Capacity: var places } && priced == places
            && queued + priced + waiting + posts.Count(post => post.IsCompleted) == posts.Count;
    });

    private static async Task<IReadOnlyDictionary<string, NodeReading>> ReadBoundedAsync(ServiceProcess service)
    {
        var nodes = await service.ReadNodesAsync();
        Assert.That(nodes.Values.Where(node => node.Queued > node.Capacity && node.Capacity > 0), Is.Empty);
        Assert.That(nodes.Values.Sum(node => node.Waiting), Is.LessThanOrEqualTo(MostWaiting + 1));
        Assert.That(nodes.Values.Sum(node => node.Queued), Is.LessThanOrEqualTo(nodes.Values.Sum(node => node.Capacity)));
        return nodes;
    }

    private static IEnumerable<HttpStatusCode?> StatusesOf(IEnumerable<Task<HttpStatusCode?>> posts) =>
        posts.Where(post => post.IsCompleted).Select(post => post.Result);
}
