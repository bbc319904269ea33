using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Dashboard.Controlling;
using Streamz.Dataflow.Dashboard.Serving;
using Streamz.Dataflow.Dashboard.Watching;

namespace Streamz.Dataflow.Tests.Dashboard;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000), NonParallelizable]
internal sealed class PipelineControlsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<string> _saved = [];
    private readonly DashboardOptions _options = new() { ControlsPolicy = "operators" };
    private readonly StreamSource<string> _source = new(new StreamOptions { Name = "orders", RequireSinks = true });
    private readonly Pipeline _pipeline;
    private readonly PipelineJournal _journal;
    private readonly Sampler _sampler;
    private bool _mayFail = true;

    public PipelineControlsTests()
    {
        var queue = new DeadLetterQueue().Named("rejected");
        queue.Sink(_ => { });
        _source
            .Map(text => $"{text}!", options: new NodeOptions { Name = "mark" })
            .Map(text => _mayFail && text == "bad!" ? throw new FormatException("bad") : text, options: new NodeOptions { Name = "check", OnError = ErrorPolicy.DeadLetter(queue) })
            .RateLimit(TimeSpan.FromMilliseconds(1)).Named("pace")
            .Map(async text => { await Task.Yield(); return text; }, maxDegreeOfParallelism: 2, options: new NodeOptions { Name = "work" })
            .Sink(_saved.Add);
        _pipeline = _source.Start();
        _journal = new PipelineJournal(_options, _clock);
        _sampler = new Sampler([WatchedPipeline.Of("orders", _pipeline, _journal)], _options, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _sampler.Dispose();

        // A node may be paused still, and would not end by itself.
        await _pipeline.StopAsync(TimeSpan.Zero);
    }

    [Test]
    public void Controls_UserWithoutThePolicy_AreRefused()
    {
        var controls = Controls("visitor");

        Assert.That(() => controls.AreAllowedAsync(), Is.False);
        Assert.That(() => controls.SetPausedAsync("orders", IdOf("check"), isPaused: true), Throws.InstanceOf<UnauthorizedAccessException>());
        Assert.That(() => controls.SetParallelismAsync("orders", IdOf("work"), 1), Throws.InstanceOf<UnauthorizedAccessException>());
        Assert.That(() => controls.SetRateAsync("orders", IdOf("pace"), TimeSpan.FromSeconds(1)), Throws.InstanceOf<UnauthorizedAccessException>());
        Assert.That(() => controls.ReplayAsync("orders", 1), Throws.InstanceOf<UnauthorizedAccessException>());
        Assert.That(Status("check").IsPaused, Is.False);
    }

    [Test]
    public void Controls_NoPolicyNamed_AreRefusedToEverybody()
    {
        _options.ControlsPolicy = null;

        Assert.That(() => Controls("operator").SetPausedAsync("orders", IdOf("check"), isPaused: true), Throws.InstanceOf<UnauthorizedAccessException>());
    }

    [Test]
    public async Task Controls_UserWithThePolicy_ChangeTheNode()
    {
        var controls = Controls("operator");

        await controls.SetPausedAsync("orders", IdOf("check"), isPaused: true).Soon();
        Assert.That(Status("check").IsPaused, Is.True);
        await controls.SetPausedAsync("orders", IdOf("check"), isPaused: false).Soon();
        await controls.SetParallelismAsync("orders", IdOf("work"), 5).Soon();
        await controls.SetRateAsync("orders", IdOf("pace"), TimeSpan.FromMilliseconds(3)).Soon();

        Assert.That((Status("check").IsPaused, Status("work").Parallelism, Status("pace").Label), Is.EqualTo((false, 5, "rate_limit 3 ms")));
        Assert.That(controls.CapabilitiesOf("orders", IdOf("pace")).Interval, Is.EqualTo(TimeSpan.FromMilliseconds(3)));
        Assert.That(_journal.Log.Select(entry => entry.Text), Has.Some.Contains("paused from the dashboard"));
    }

    [Test]
    public async Task Replay_DeadLetter_IsGivenToTheNodeThatFailedOnce()
    {
        await _source.EmitAsync("bad");
        await _pipeline.WhenIdleAsync().Soon();
        var letter = _journal.Failures.Single();
        _mayFail = false;
        var controls = Controls("operator");

        await controls.ReplayAsync("orders", letter.Number).Soon();
        await _source.EmitAsync("good");
        await _pipeline.WhenIdleAsync().Soon();

        // Not marked twice: it did not begin at the source.
        Assert.That(_saved, Is.EquivalentTo(new[] { "bad!", "good!" }));
        Assert.That(() => controls.ReplayAsync("orders", letter.Number), Throws.InvalidOperationException);
        Assert.That(Status("check"), Is.Not.Null);
        Assert.That(_sampler.Latest.Single().Status.Nodes.Select(node => node.Name), Has.None.StartsWith("replay"));
        await _source.CompleteAsync().Soon();
        await _pipeline.Completion.Soon();
    }

    private int IdOf(string name) => Status(name).Id;

    private NodeStatus Status(string name)
    {
        _sampler.Ask();
        _clock.Advance(_options.Interval);
        return _sampler.Latest.Single().Status.Nodes.Single(node => node.Name == name);
    }

    private PipelineControls Controls(string role)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddAuthorizationCore(options => options.AddPolicy("operators", policy => policy.RequireRole("operator")));
        services.AddSingleton(provider => new HostAuthorization(provider.GetRequiredService<IAuthorizationService>()));
        return new PipelineControls(_options, new Users(role), _sampler, services.BuildServiceProvider());
    }

    private sealed class Users(string role) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() =>
            Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "test"))));
    }
}
