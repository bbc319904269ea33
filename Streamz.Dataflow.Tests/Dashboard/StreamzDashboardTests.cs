using System.Net;
using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Tests.AspNetCore;

namespace Streamz.Dataflow.Tests.Dashboard;

[TestFixture, CancelAfter(60_000), NonParallelizable]
internal sealed class StreamzDashboardTests
{
    [Test]
    public async Task StartAsync_PipelinesOfOneName_AreShownUntilItIsDisposed()
    {
        using var client = TestClient.Create();
        await using var first = new StreamSource<int>(new StreamOptions { Name = "numbers" });
        await using var second = new StreamSource<int>(new StreamOptions { Name = "numbers" });
        first.Sink(_ => { });
        second.Sink(_ => { });
        var dashboard = await StreamzDashboard.StartAsync([first.Start(), second.Start()], port: 0);

        var page = await client.GetStringAsync(dashboard.Address).Soon();
        await dashboard.DisposeAsync();

        Assert.That(dashboard.Sampler.IsRunning, Is.False);
        Assert.That(dashboard.Address.AbsolutePath, Is.EqualTo("/status"));
        Assert.That(page, Does.Contain("numbers").And.Contain("numbers (2)"));
        Assert.That(await TestClient.IsRefusedAsync(new Uri($"http://127.0.0.1:{dashboard.Address.Port}")), Is.True);
    }

    [Test]
    public async Task StartAsync_TwoOnOnePipeline_EachIsToldUntilItIsDisposed()
    {
        await using var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        source.Map<int, int>(x => throw new FormatException($"{x}")).Sink(_ => { });
        var pipeline = source.Start();
        var first = await StreamzDashboard.StartAsync(pipeline, port: 0);
        await using var second = await StreamzDashboard.StartAsync(pipeline, port: 0);

        await source.DeliverAsync(1).Soon();
        await first.DisposeAsync();
        await source.DeliverAsync(2).Soon();

        Assert.That(Failures(first), Is.EqualTo(new[] { "FormatException: 1" }));
        Assert.That(Failures(second), Is.EqualTo(new[] { "FormatException: 1", "FormatException: 2" }));

        static IEnumerable<string> Failures(StreamzDashboard dashboard) => dashboard.Sampler.Pipelines.Single().Journal.Failures.Select(entry => entry.Failure);
    }

    [Test]
    public async Task StartAsync_RequestByAnotherName_IsRefused()
    {
        using var client = TestClient.Create();
        await using var source = new StreamSource<int>();
        source.Sink(_ => { });
        await using var dashboard = await StreamzDashboard.StartAsync(source.Start(), port: 0);
        using var request = new HttpRequestMessage(HttpMethod.Get, dashboard.Address);
        request.Headers.Host = "evil.example";

        using var answer = await client.SendAsync(request).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public void StartAsync_ControlsOrNothingToShow_IsRefused()
    {
        var source = new StreamSource<int>();
        source.Sink(_ => { });
        var pipeline = source.Start();

        Assert.That(() => StreamzDashboard.StartAsync(pipeline, 0, options => options.ControlsPolicy = "operators"), Throws.ArgumentException.With.Message.Contains("MapStreamzDashboard"));
        Assert.That(() => StreamzDashboard.StartAsync([], 0), Throws.ArgumentException);
        Assert.That(() => StreamzDashboard.StartAsync(pipeline, 70_000), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
