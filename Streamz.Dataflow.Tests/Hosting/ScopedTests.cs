using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Tests.Hosting;

[CancelAfter(30_000)]
public sealed class ScopedTests
{
    [Test]
    public async Task Scoped_SeveralElements_HaveAScopeEachThatEndsWithTheCall()
    {
        var journal = new Journal();
        await RunAsync(journal, (source, services) => source.MapAsync(services.Scoped((Session session, int x) => session.Use(x))).Sink(x => journal.Add($"sink {x}")), 1, 2);

        Assert.That(journal, Is.EqualTo(new[] { "1 opened", "1 uses 1", "1 closed", "sink 1", "2 opened", "2 uses 2", "2 closed", "sink 2" }));
    }

    [Test]
    public async Task Scoped_BehindPartition_HasAScopeForEachBatch()
    {
        var journal = new Journal();
        await RunAsync(journal, (source, services) => source.Partition(2).Sink(services.Scoped(async (Session session, IReadOnlyList<int> batch) =>
        {
            await Task.Yield();
            foreach (var x in batch)
            {
                session.Use(x);
            }
        })), 1, 2, 3);

        Assert.That(journal, Is.EqualTo(new[] { "1 opened", "1 uses 1", "1 uses 2", "1 closed", "2 opened", "2 uses 3", "2 closed" }));
    }

    [Test]
    public async Task Scoped_DelegateFails_EndsTheScopeAndMeetsThePolicy()
    {
        var journal = new Journal();
        await RunAsync(
            journal,
            (source, services) => source.Sink(
                services.Scoped((Session session, int x) => session.Use(x) == 1 ? throw new InvalidDataException() : Task.CompletedTask),
                options: new NodeOptions { OnError = ErrorPolicy.Skip }),
            1,
            2);

        Assert.That(journal, Is.EqualTo(new[] { "1 opened", "1 uses 1", "1 closed", "2 opened", "2 uses 2", "2 closed" }));
    }

    [Test]
    public async Task Scoped_ParallelNode_HasOneScopeForEachCallAtWork()
    {
        var journal = new Journal();
        var together = new Barrier(2);
        await RunAsync(
            journal,
            (source, services) => source.Sink(
                services.Scoped(async (Session session, int x, CancellationToken cancellation) =>
                {
                    await Task.Run(() => together.SignalAndWait(cancellation), cancellation);
                    session.Use(x);
                }),
                maxDegreeOfParallelism: 2),
            1,
            2);

        Assert.That(journal.Take(2), Is.EquivalentTo(new[] { "1 opened", "2 opened" }));
        Assert.That(journal.Skip(2).Count(line => line.EndsWith("closed", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    [Test]
    public async Task Scoped_ServiceProviderAskedFor_IsThatOfTheScope()
    {
        var journal = new Journal();
        await RunAsync(
            journal,
            (source, services) => source.Sink(services.Scoped((IServiceProvider scope, int x) =>
            {
                scope.GetRequiredService<Session>().Use(x);
                scope.GetRequiredService<Session>().Use(x);
            })),
            1);

        Assert.That(journal, Is.EqualTo(new[] { "1 opened", "1 uses 1", "1 uses 1", "1 closed" }));
    }

    [Test]
    public void Scoped_ServiceMissing_StopsTheStartByName()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, services) => source.Sink(services.Scoped((Session session, int x) => session.Use(x))));
        using var host = builder.Build();

        Assert.That(
            async () => await host.StartAsync(),
            Throws.TypeOf<PipelineValidationException>().With.Message.Contains("numbers").And.Message.Contains("No service of type Session is registered"));
    }

    [Test]
    public void Scoped_EachShapeOfDelegate_BindsToItsOverload()
    {
        using var services = new ServiceCollection().AddSingleton(new Journal()).AddScoped<Session>().BuildServiceProvider();

        object[] results =
        [
            services.Scoped((Session session, int x) => x),
            services.Scoped((Session session, int x) => Task.FromResult(x)),
            services.Scoped((Session session, int x) => new ValueTask<int>(x)),
            services.Scoped(async (Session session, int x) => await Task.FromResult(x)),
            services.Scoped((Session session, int x, CancellationToken cancellation) => Task.FromResult(x)),
            services.Scoped(async (Session session, int x, CancellationToken cancellation) => await Task.FromResult(x)),
        ];
        object[] sinks =
        [
            services.Scoped((Session session, int x) => { }),
            services.Scoped((Session session, int x) => Task.CompletedTask),
            services.Scoped((Session session, int x) => ValueTask.CompletedTask),
            services.Scoped(async (Session session, int x) => await Task.CompletedTask),
            services.Scoped((Session session, int x, CancellationToken cancellation) => Task.CompletedTask),
            services.Scoped(async (Session session, int x, CancellationToken cancellation) => await Task.CompletedTask),
        ];

        Assert.That(results, Has.All.TypeOf<Func<int, CancellationToken, Task<int>>>());
        Assert.That(sinks, Has.All.TypeOf<Func<int, CancellationToken, Task>>());
    }

    [Test]
    public void Scoped_StatedResultIsATask_IsRefusedAtTheCall()
    {
        using var services = new ServiceCollection().AddSingleton(new Journal()).AddScoped<Session>().BuildServiceProvider();

        Assert.That(() => services.Scoped<Session, int, Task>((_, _) => Task.CompletedTask), Throws.ArgumentException.With.Message.Contains("nobody awaits"));
    }

    private static async Task RunAsync(Journal journal, Action<StreamSource<int>, IServiceProvider> define, params int[] values)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(journal).AddScoped<Session>();
        builder.Services.AddStreamz().AddPipeline("numbers", define);
        using var host = builder.Build();
        await host.StartAsync();
        foreach (var value in values)
        {
            await host.Services.GetRequiredService<IEmitter<int>>().EmitAsync(value);
        }

        await host.StopAsync();
    }

    public sealed class Journal : ConcurrentQueue<string>
    {
        private int _sessions;

        public void Add(string line) => Enqueue(line);

        public int NextSession() => Interlocked.Increment(ref _sessions);
    }

    /// <summary>Can be disposed asynchronously only, which a scope that is disposed synchronously would refuse.</summary>
    public sealed class Session : IAsyncDisposable
    {
        private readonly Journal _journal;
        private readonly int _number;

        public Session(Journal journal)
        {
            _journal = journal;
            _number = journal.NextSession();
            journal.Add($"{_number} opened");
        }

        public int Use(int value)
        {
            _journal.Add($"{_number} uses {value}");
            return value;
        }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            _journal.Add($"{_number} closed");
        }
    }
}
