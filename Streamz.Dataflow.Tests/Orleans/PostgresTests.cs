using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService;
using Streamz.Dataflow.Orleans.Processes;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>The members of a cluster find one another by PostgreSQL, with tables and queries of our own.</summary>
[NonParallelizable]
internal sealed class PostgresTests : ExternalMembershipTests
{
    private const string Invariant = "Npgsql";

    private static readonly DateTime s_start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    protected override string Kind => "postgres";

    [Test]
    [CancelAfter(60_000)]
    [Platform("Linux")]
    public async Task Table_SilosWriteAtTheSameVersion_OneSucceeds(CancellationToken cancellation)
    {
        var port = LocalPorts.Free(1)[0];
        using var server = await StartServerAsync(port, cancellation);
        var table = await TableAsync(port, cancellation);
        for (var round = 0; round < 20; round++)
        {
            var next = (await table.ReadAllAsync(cancellation)).Version.Next();

            var inserted = await Task.WhenAll(Enumerable.Range(0, 8).Select(silo => table.InsertRowAsync(Member(8 * round + silo), next, cancellation)));

            Assert.That(inserted.Count(won => won), Is.EqualTo(1));
            var after = await table.ReadAllAsync(cancellation);
            var (winner, etag) = after.Members.Single(member => member.Item1.SiloAddress.Endpoint.Port > 8 * round);
            var updated = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => table.UpdateRowAsync(winner, etag, after.Version.Next(), cancellation)));
            Assert.That(updated.Count(won => won), Is.EqualTo(1));
        }

        var all = await table.ReadAllAsync(cancellation);
        Assert.That(all.Version.Version, Is.EqualTo(40));
        Assert.That(all.Members, Has.Count.EqualTo(20));
    }

    [Test]
    [CancelAfter(60_000)]
    [Platform("Linux")]
    public async Task Table_MemberComesAndGoes_IsReadAsItWasWritten(CancellationToken cancellation)
    {
        var port = LocalPorts.Free(1)[0];
        using var server = await StartServerAsync(port, cancellation);
        var table = await TableAsync(port, cancellation);
        var (member, other) = (Member(0), Member(1));
        Assert.That((await table.ReadAllAsync(cancellation)).Members, Is.Empty);
        Assert.That(await table.UpdateRowAsync(member, "0", await NextAsync(), cancellation), Is.False, "It is not there.");
        var first = await NextAsync();
        Assert.That(await table.InsertRowAsync(member, first, cancellation), Is.True);
        Assert.That(await table.InsertRowAsync(other, first, cancellation), Is.False, "The version is an old one.");
        Assert.That(await table.InsertRowAsync(member, await NextAsync(), cancellation), Is.False, "It is there.");

        member.Status = SiloStatus.Dead;
        member.SuspectTimes = [Tuple.Create(other.SiloAddress, s_start)];
        var etag = (await table.ReadRowAsync(member.SiloAddress, cancellation)).Members.Single().Item2;
        Assert.That(await table.UpdateRowAsync(member, etag, await NextAsync(), cancellation), Is.True);
        member.IAmAliveTime += TimeSpan.FromSeconds(5);
        await table.UpdateIAmAliveAsync(member, cancellation);

        var row = await table.ReadRowAsync(member.SiloAddress, cancellation);
        Assert.That(row.Version.Version, Is.EqualTo(2));
        Assert.That(row.Members.Single().Item1.ToFullString(), Is.EqualTo(member.ToFullString()));
        Assert.That((await table.ReadRowAsync(other.SiloAddress, cancellation)).Members, Is.Empty);

        Assert.That(await table.InsertRowAsync(other, await NextAsync(), cancellation), Is.True);
        await table.CleanupDefunctSiloEntriesAsync(s_start + TimeSpan.FromDays(1), cancellation);
        Assert.That((await table.ReadAllAsync(cancellation)).Members.Single().Item1.SiloAddress, Is.EqualTo(other.SiloAddress));
        await table.DeleteMembershipTableEntriesAsync("cluster", cancellation);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, cancellation);
        Assert.That((await table.ReadAllAsync(cancellation)).Version.Version, Is.Zero);

        async Task<TableVersion> NextAsync() => (await table.ReadAllAsync(cancellation)).Version.Next();
    }

    protected override Task<ChildProcess> StartServerAsync(int port, CancellationToken cancellation) => PostgresServer.StartAsync(port, cancellation);

    protected override string AddressOf(int port) => PostgresServer.ConnectionString(port);

    protected override void Join(IClientBuilder client, string address) =>
        client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, address));

    protected override IEnumerable<(string Key, string Value)> Clustering(string address) =>
        [("ProviderType", "AdoNet"), ("Invariant", Invariant), ("ConnectionString", address)];

    private static async Task<AdoNetClusteringTable> TableAsync(int port, CancellationToken cancellation)
    {
        var table = new AdoNetClusteringTable(
            null!,
            Options.Create(new ClusterOptions { ClusterId = "cluster" }),
            Options.Create(new AdoNetClusteringSiloOptions { Invariant = Invariant, ConnectionString = PostgresServer.ConnectionString(port) }),
            NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, cancellation);
        return table;
    }

    private static MembershipEntry Member(int number) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 1 + number, 7),
        SiloName = $"silo {number}",
        HostName = "host",
        Status = SiloStatus.Active,
        ProxyPort = 1_000 + number,
        StartTime = s_start,
        IAmAliveTime = s_start,
    };
}
