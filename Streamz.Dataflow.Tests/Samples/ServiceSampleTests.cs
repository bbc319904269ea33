using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;

namespace Streamz.Dataflow.Tests.Samples;

/// <summary>The real service, with a real database, on loopback.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed partial class ServiceSampleTests : IDisposable
{
    private readonly string _database = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.db");

    public void Dispose() => File.Delete(_database);

    [Test]
    public async Task Service_StoppedUnderLoad_EveryAcceptedOrderIsInTheDatabase()
    {
        var run = await SampleRun.OfAsync(["service", "--port", "0", "--load", "300", "--seconds", "2", "--database", _database]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("(5) save: sink database.SaveAsync").And.EndWith("Every accepted order is there.\n"));
        Assert.That(Saved().Match(run.Output).Groups[1].Value, Is.Not.Empty.And.Not.EqualTo("0"));
    }

    [Test]
    public async Task Service_GoodAndBadOrders_AreSavedRejectedOrRefused()
    {
        using var stopping = new CancellationTokenSource();
        using var written = new WatchedWriter();
        var running = SampleRun.OfAsync(
            ["service", "--port", "0", "--database", _database],
            change: host => host with { Stopping = stopping.Token, Output = written });
        using var client = new HttpClient { BaseAddress = new Uri(await written.Address.Soon()) };
        var answers = new[]
        {
            await client.PostAsJsonAsync("/orders", new { id = "1", product = "pen", quantity = 3 }),
            await client.PostAsJsonAsync("/orders", new { id = "<script>alert(1)</script>", product = "unicorn", quantity = 1 }),
            await client.PostAsJsonAsync("/orders", new { id = "3", product = "pen", quantity = 0 }),
            await client.PostAsJsonAsync("/orders", new { product = "pen", quantity = 1 }),
            await client.PostAsync("/orders", new StringContent("{", Encoding.UTF8, "application/json")),
            await client.PostAsync("/orders", new StringContent("id=1", Encoding.UTF8, "application/x-www-form-urlencoded")),
            await client.PostAsync("/orders", new StringContent(new string(' ', 2_000_000), Encoding.UTF8, "application/json")),
            await client.GetAsync("/health/live"),
            await client.GetAsync("/health/ready"),
        };
        var count = await client.GetStringAsync("/orders/count");
        var nodes = await client.GetStringAsync("/pipeline");
        var graph = await client.GetStringAsync("/graph.svg");
        await stopping.CancelAsync();
        var run = await running;

        Assert.That(
            answers.Select(answer => answer.StatusCode),
            Is.EqualTo(new[]
            {
                HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest,
                HttpStatusCode.UnsupportedMediaType, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.OK, HttpStatusCode.OK,
            }));
        Assert.That(count, Is.EqualTo("""{"saved":1,"rejected":2}"""));
        Assert.That(nodes, Does.Contain("\"name\":\"save\""));
        Assert.That(graph, Does.StartWith("<svg"));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(written.ToString(), Does.Contain("The database has 1 orders, and 2 that were rejected."));
    }

    [TestCase("--load", "0", "--load takes a whole number from 1 to 100000, not '0'.")]
    [TestCase("--port", "70000", "--port takes a whole number from 0 to 65535, not '70000'.")]
    [TestCase("--prices", "8081", "--prices takes an address such as http://127.0.0.1:8081.")]
    [TestCase("--prices", "ftp://127.0.0.1", "--prices takes an address such as http://127.0.0.1:8081.")]
    [TestCase("--speed", "1", "What is '--speed'?")]
    public async Task Service_BadArguments_IsRefused(string name, string value, string message)
    {
        var run = await SampleRun.OfAsync(["service", name, value]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(message));
    }

    /// <summary>Knows where the service is as soon as that is written.</summary>
    private sealed class WatchedWriter : StringWriter
    {
        private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Address => _address.Task;

        public override Task WriteAsync(string? value)
        {
            if (ServiceSampleTests.Address().Match(value!) is { Success: true } match)
            {
                _address.TrySetResult(match.Groups[1].Value);
            }

            return base.WriteAsync(value);
        }
    }

    [GeneratedRegex(@"The database has ([\d,]+) orders")]
    private static partial Regex Saved();

    [GeneratedRegex("Orders are taken at (http://[^/]+)/orders")]
    private static partial Regex Address();
}
