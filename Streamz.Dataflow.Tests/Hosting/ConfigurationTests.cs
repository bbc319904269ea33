using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Tests.Hosting;

[CancelAfter(30_000)]
public sealed class ConfigurationTests
{
    private const string Orders = "Streamz:Pipelines:orders";

    [Test]
    public async Task Configuration_SettingsOfNodes_AreThoseOfTheRun()
    {
        using var host = Build(Define, new()
        {
            [$"{Orders}:Nodes:price:MaxDegreeOfParallelism"] = "7",
            [$"{Orders}:Nodes:price:Capacity"] = "30",
            [$"{Orders}:Nodes:Pace:RateLimit"] = "00:00:02",
            [$"{Orders}:Nodes:save:Capacity"] = "9",
        });
        await host.StartAsync();

        var nodes = host.Services.GetRequiredService<IPipeline>().GetSnapshot().Nodes;
        await host.StopAsync();

        Assert.That(nodes.Single(node => node.Name == "price"), Has.Property("Label").Contains("x7").And.Property("Capacity").EqualTo(30));
        Assert.That(nodes.Single(node => node.Name == "pace").Label, Does.Contain("2 s"));
        Assert.That(nodes.Single(node => node.Name == "save").Capacity, Is.EqualTo(9));
    }

    [Test]
    public async Task Configuration_SettingsOfThePipeline_AreThoseOfTheRun()
    {
        using var host = Build(
            (source, _) => source.Map(x => x, maxDegreeOfParallelism: 8, options: new NodeOptions { Name = "price" }).Buffer(3).Map(x => 10 / x),
            new()
            {
                [$"{Orders}:Capacity"] = "17",
                [$"{Orders}:MaxDegreeOfParallelism"] = "2",
                [$"{Orders}:RequireSinks"] = "false",
                [$"{Orders}:OnError"] = "skip",
            });
        await host.StartAsync();

        var outcome = await host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(0);
        var pipeline = host.Services.GetRequiredService<IPipeline>();
        var snapshot = pipeline.GetSnapshot();
        await host.StopAsync();

        Assert.That(outcome, Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(snapshot.Nodes.Single(node => node.Name == "price").Label, Does.Contain("x2"));
        Assert.That(pipeline.State, Is.EqualTo(PipelineState.Completed));
    }

    [Test]
    public async Task Configuration_PolicyWithRetriesAndDeadLetters_IsThatOfTheNode()
    {
        var clock = new FakeTimeProvider();
        var letters = new List<int>();
        var attempts = 0;
        using var host = Build(
            (source, _) =>
            {
                var dead = new DeadLetterQueue().Named("dead");
                dead.Sink(letter => letters.Add(letter.Attempts));
                source.Map(x => x, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) })
                    .Sink(_ => throw new InvalidDataException($"{++attempts}"), options: new NodeOptions { Name = "save" });
            },
            new()
            {
                [$"{Orders}:Nodes:save:OnError:Retry"] = "2",
                [$"{Orders}:Nodes:save:OnError:DeadLetter"] = "dead",
            },
            clock);
        await host.StartAsync();

        var outcome = await host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(1);
        await host.StopAsync();

        Assert.That(outcome, Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That((attempts, letters), Is.EqualTo((3, new List<int> { 3 })));
    }

    [Test]
    public async Task Configuration_DeadLettersOfThePipeline_AreForAllNodes()
    {
        var letters = new List<string>();
        using var host = Build(
            (source, _) =>
            {
                var dead = new DeadLetterQueue().Named("dead");
                dead.Sink(letter => letters.Add(letter.NodeName));
                source.Map(x => x, options: new NodeOptions { OnError = ErrorPolicy.DeadLetter(dead) })
                    .Sink(_ => throw new InvalidDataException(), options: new NodeOptions { Name = "save" });
            },
            new() { [$"{Orders}:OnError:DeadLetter"] = "dead" });
        await host.StartAsync();

        await host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(1);
        await host.StopAsync();

        Assert.That(letters, Is.EqualTo(new[] { "save" }));
    }

    [Test]
    public async Task Configuration_TimeoutOfThePipeline_IsForDelegatesThatTakeAToken()
    {
        var clock = new FakeTimeProvider();
        var began = new TaskCompletionSource();
        using var host = Build(
            (source, _) => source.Sink(
                async (int _, CancellationToken cancellation) =>
                {
                    var wait = Task.Delay(Timeout.Infinite, cancellation);
                    began.SetResult();
                    await wait;
                },
                options: new NodeOptions { OnError = ErrorPolicy.Skip }),
            new() { [$"{Orders}:Timeout"] = "00:00:03" },
            clock);
        await host.StartAsync();

        var delivery = host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(1);
        await began.Task;
        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.That(await delivery, Is.EqualTo(DeliveryOutcome.Dropped));
        await host.StopAsync();
    }

    [Test]
    public void Configuration_WrongNamesAndValues_AreRefusedTogetherWithTheirPaths()
    {
        using var host = Build(Define, new()
        {
            ["Streamz:Pipelines:ordesr:Capacity"] = "5",
            [$"{Orders}:Capacty"] = "5",
            [$"{Orders}:Capacity"] = "0",
            [$"{Orders}:MaxWaitingEmits"] = "many",
            [$"{Orders}:Timeout"] = "5",
            [$"{Orders}:OnError"] = "Ignore",
            [$"{Orders}:OnFault"] = "Explode",
            [$"{Orders}:Restart:Delay"] = "00:02:00",
            [$"{Orders}:Nodes:prize:Capacity"] = "5",
            [$"{Orders}:Nodes:save:MaxDegreeOfParallelism"] = "5",
            [$"{Orders}:Nodes:save:RateLimit"] = "00:00:01",
            [$"{Orders}:Nodes:save:Timeout"] = "00:00:01",
            [$"{Orders}:Nodes:price:OnError:DeadLetter"] = "dead",
            [$"{Orders}:Nodes:pace:OnError:Then"] = "Skip",
            [$"{Orders}:Nodes:pace:OnError:DeadLetter"] = "dead",
            [$"{Orders}:Nodes:orders:OnError"] = "Skip",
        });

        var thrown = Assert.ThrowsAsync<PipelineValidationException>(async () => await host.StartAsync());

        string[] expected =
        [
            "Streamz:Pipelines:ordesr: no pipeline is named 'ordesr'. The pipelines are 'orders'.",
            $"{Orders}:Capacty: 'Capacty' is no setting of a pipeline.",
            $"{Orders}:Capacity: '0' is not allowed; it must be a whole number of 1 or more.",
            $"{Orders}:MaxWaitingEmits: 'many' is not allowed; it must be a whole number of 0 or more.",
            $"{Orders}:Timeout: '5' is not allowed; it must be a duration of more than zero and at most 49 days, written as hours:minutes:seconds",
            $"{Orders}:OnError: 'Ignore' is no error policy; write Stop, Skip, or a section",
            $"{Orders}:OnFault: 'Explode' is not allowed; it must be StopHost, Restart, Ignore.",
            $"{Orders}:Restart: MaxDelay is 00:01:00; it must be at least Delay, which is 00:02:00",
            $"{Orders}:Nodes:prize: no node of the pipeline is named 'prize'. Those with a name are 'orders', 'price', 'pace', 'save'.",
            $"{Orders}:Nodes:save:MaxDegreeOfParallelism: 'save' cannot work on 5 elements at once: it works on one at a time.",
            $"{Orders}:Nodes:save:RateLimit: 'save' keeps no rate that could be 00:00:01.",
            $"{Orders}:Nodes:save:Timeout: 'save' cannot keep a timeout of 00:00:01",
            $"{Orders}:Nodes:price:OnError:DeadLetter: the pipeline has no dead-letter queue with a name.",
            $"{Orders}:Nodes:pace:OnError: it names both the queue 'dead' and 'Skip'",
            $"{Orders}:Nodes:orders:OnError: 'orders' only hands on what it is given",
        ];
        Assert.Multiple(() =>
        {
            foreach (var error in expected)
            {
                Assert.That(thrown!.Errors, Has.Some.StartsWith(error));
            }
        });
    }

    [Test]
    public async Task Configuration_OnFaultAndRestart_AreThoseOfTheHost()
    {
        var clock = new FakeTimeProvider();
        using var host = Build(
            (source, _) => source.Map(x => 1 / x).Sink(_ => { }),
            new()
            {
                [$"{Orders}:OnFault"] = "Restart",
                [$"{Orders}:Restart:Delay"] = "00:00:00",
                [$"{Orders}:Restart:MaxRestarts"] = "1",
            },
            clock);
        await host.StartAsync();
        var pipeline = host.Services.GetRequiredService<IPipeline<int>>();

        Assert.That(async () => await pipeline.DeliverAsync(0), Throws.TypeOf<NodeFailedException>());
        await UntilAsync(() => pipeline is { Restarts: 1, State: PipelineState.Running });
        Assert.That(async () => await pipeline.DeliverAsync(0), Throws.TypeOf<NodeFailedException>());
        await UntilAsync(() => pipeline.State == PipelineState.Faulted);

        // Said right behind, by another thread: a test that waits for ever fails at its limit.
        await UntilAsync(() => host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    [Test]
    public async Task Reload_WhatCanBeEdited_IsAppliedToTheRunningPipeline()
    {
        using var log = new RecordingLoggers();
        var values = new Dictionary<string, string?> { [$"{Orders}:Nodes:price:MaxDegreeOfParallelism"] = "2" };
        using var host = Build(Define, values, loggers: log);
        await host.StartAsync();
        var pipeline = host.Services.GetRequiredService<IPipeline>();

        Reload(host, new()
        {
            [$"{Orders}:Nodes:price:MaxDegreeOfParallelism"] = "5",
            [$"{Orders}:Nodes:pace:RateLimit"] = "00:00:02",
            [$"{Orders}:Nodes:save:Capacity"] = "9",
        });
        await UntilAsync(() => log.Lines.Any(line => line.Contains("has changed, and so has the pipeline", StringComparison.Ordinal)));

        var nodes = pipeline.GetSnapshot().Nodes;
        Assert.That(nodes.Single(node => node.Name == "price").Label, Does.Contain("x5"));
        Assert.That(nodes.Single(node => node.Name == "pace").Label, Does.Contain("2 s"));
        Assert.That(nodes.Single(node => node.Name == "save").Capacity, Is.EqualTo(9));

        // What the configuration does not say any more is again as the code says.
        Reload(host, new() { [$"{Orders}:Nodes:save:Capacity"] = "9" });
        await UntilAsync(() => pipeline.GetSnapshot().Nodes.Any(node => node.Label.Contains("x3", StringComparison.Ordinal)));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "pace").Label, Does.Contain("1 ms"));
        await host.StopAsync();
    }

    [Test]
    public async Task Reload_WhatCannotBeEdited_IsRefusedInTheLogWithItsPath()
    {
        using var log = new RecordingLoggers();
        using var host = Build(Define, [], loggers: log);
        await host.StartAsync();

        Reload(host, new()
        {
            [$"{Orders}:Capacity"] = "5",
            [$"{Orders}:Nodes:save:OnError"] = "Skip",
            [$"{Orders}:Nodes:save:Capacity"] = "9",
        });
        await UntilAsync(() => log.Lines.Any(line => line.Contains("has changed, and so has the pipeline", StringComparison.Ordinal)));
        await host.StopAsync();

        Assert.That(log.Lines, Has.Some.StartsWith($"{Orders}:Capacity has changed, but a running pipeline cannot take that over"));
        Assert.That(log.Lines, Has.Some.StartsWith($"{Orders}:Nodes:save:OnError has changed, but a running pipeline cannot take that over"));
        Assert.That(log.Lines, Has.Some.Contains($"{Orders}:Nodes:save:Capacity = 9"));
    }

    [Test]
    public async Task Reload_FileIsWrittenAnew_IsAppliedToTheRunningPipeline()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "appsettings.json");
            await File.WriteAllTextAsync(file, Settings(capacity: 3));
            var builder = Host.CreateApplicationBuilder();
            builder.Configuration.AddJsonFile(file, optional: false, reloadOnChange: true);
            builder.Services.AddStreamz().AddPipeline<int>("orders", Define);
            using var host = builder.Build();
            await host.StartAsync();
            var pipeline = host.Services.GetRequiredService<IPipeline>();
            Assert.That(CapacityOf(pipeline), Is.EqualTo(3));

            await File.WriteAllTextAsync(file, Settings(capacity: 9));
            await Waiting.Until(() => Task.FromResult(CapacityOf(pipeline) == 9));

            await host.StopAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static int CapacityOf(IPipeline pipeline) => pipeline.GetSnapshot().Nodes.Single(node => node.Name == "save").Capacity;

        static string Settings(int capacity) => $$$"""{ "Streamz": { "Pipelines": { "orders": { "Nodes": { "save": { "Capacity": {{{capacity}}} } } } } } }""";
    }

    [Test]
    public async Task Reload_WithAFault_ChangesNothing()
    {
        using var log = new RecordingLoggers();
        using var host = Build(Define, [], loggers: log);
        await host.StartAsync();

        Reload(host, new()
        {
            [$"{Orders}:Nodes:save:Capacity"] = "9",
            [$"{Orders}:Nodes:prize:Capacity"] = "9",
        });
        await UntilAsync(() => log.Lines.Any(line => line.Contains("has faults", StringComparison.Ordinal)));
        var capacity = host.Services.GetRequiredService<IPipeline>().GetSnapshot().Nodes.Single(node => node.Name == "save").Capacity;
        await host.StopAsync();

        Assert.That(capacity, Is.Not.EqualTo(9));
        Assert.That(log.Lines, Has.Some.Contains($"- {Orders}:Nodes:prize: no node of the pipeline is named 'prize'"));
    }

    private static void Define(StreamSource<int> source, IServiceProvider services) => source
        .Map(x => x, maxDegreeOfParallelism: 3, options: new NodeOptions { Name = "price" })
        .RateLimit(TimeSpan.FromMilliseconds(1)).Named("pace")
        .Sink(_ => { }, options: new NodeOptions { Name = "save" });

    private static IHost Build(
        Action<StreamSource<int>, IServiceProvider> define,
        Dictionary<string, string?> values,
        TimeProvider? clock = null,
        RecordingLoggers? loggers = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(values);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        if (loggers is not null)
        {
            builder.Logging.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(loggers);
        }

        builder.Services.AddStreamz().AddPipeline<int>("orders", define);
        return builder.Build();
    }

    /// <summary>The last source wins: what it does not say is null there, and so not said at all.</summary>
    private static void Reload(IHost host, Dictionary<string, string?> values)
    {
        var root = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        foreach (var (key, _) in root.AsEnumerable().Where(pair => pair.Key.StartsWith(Orders, StringComparison.Ordinal)).ToList())
        {
            root[key] = values.GetValueOrDefault(key);
        }

        foreach (var (key, value) in values)
        {
            root[key] = value;
        }

        root.Reload();
    }

    /// <summary>A reload is applied beside whoever asked for it: nobody is told the moment.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }
}
