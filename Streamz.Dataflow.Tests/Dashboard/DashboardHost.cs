using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Tests.Dashboard;

/// <summary>A web app of a user with pipelines and the dashboard. Its users are who the header or the query <c>user</c> says.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    public const string Policy = "operators";

    private readonly WebApplication _app;

    private DashboardHost(WebApplication app) => (_app, Address) = (app, new Uri(app.Urls.Single()));

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Adds a pipeline of 211 nodes.</summary>
    public static void AddLarge(StreamzBuilder builder, string name) => builder.AddPipeline<int>(name, (source, _) =>
    {
        for (var branch = 0; branch < 10; branch++)
        {
            Stream<int> stream = source;
            for (var step = 0; step < 20; step++)
            {
                stream = stream.Map(x => x + 1, options: new NodeOptions { Name = $"step {branch}-{step}" });
            }

            stream.Sink(_ => { });
        }
    });

    public IPipeline Pipeline(string name) => Services.GetRequiredKeyedService<IPipeline>(name);

    public static async Task<DashboardHost> StartAsync(
        Action<StreamzBuilder> add,
        Action<DashboardOptions>? configure = null,
        string path = "/status",
        Action<WebApplication>? others = null,
        Action<Microsoft.AspNetCore.Builder.IEndpointConventionBuilder>? guard = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        builder.Services.AddLogging();
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, UserHandler>("test", null);
        builder.Services.AddAuthorization(options => options.AddPolicy(Policy, policy => policy.RequireRole("operator")));
        add(builder.Services.AddStreamz());
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        var dashboard = app.MapStreamzDashboard(path, configure);
        guard?.Invoke(dashboard);
        others?.Invoke(app);
        await app.StartAsync();
        return new DashboardHost(app);
    }

    /// <summary>Emits numbers from 0 into the only pipeline.</summary>
    public async Task EmitAsync(int count)
    {
        for (var number = 0; number < count; number++)
        {
            await Services.GetRequiredService<IEmitter<int>>().EmitAsync(number);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private sealed class UserHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var user = Request.Headers["user"].ToString();
            return Task.FromResult(user.Length == 0
                ? AuthenticateResult.NoResult()
                : AuthenticateResult.Success(new AuthenticationTicket(
                    new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user), new Claim(ClaimTypes.Role, user)], "test")), "test")));
        }
    }
}
