using System.Diagnostics;
using Npgsql;
using Orleans.Hosting;
using Streamz.Dataflow.Orleans.Processes;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>Members that find one another by PostgreSQL.</summary>
[TestFixture]
internal sealed class PostgresTests : ClusteringTests
{
    private const string Installed = "/usr/lib/postgresql";

    protected override string Provider => "AdoNet";

    protected override IEnumerable<string> Settings => ["--Orleans:Clustering:Invariant", "Npgsql"];

    protected override async Task<Server> StartServerAsync(ScratchDirectory scratch)
    {
        var programs = Directory.Exists(Installed)
            ? Directory.EnumerateDirectories(Installed).Select(version => Path.Combine(version, "bin")).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
            : null;
        if (programs is null)
        {
            Assert.Ignore("There is no PostgreSQL here; on Debian the build installs it as root.");
        }

        var data = scratch.PathTo("data");
        if (Environment.UserName == "root")
        {
            // The server refuses to run as root, and must reach its directory as somebody else.
            await RunAsync("chown", "postgres", scratch.Path);
        }

        await RunAsync(AsServer("initdb", "--pgdata", data, "--username", "tests", "--auth", "trust", "--no-sync"));
        var port = LocalPorts.Free(1)[0];
        var program = AsServer("postgres", "-D", data, "-h", "127.0.0.1", "-p", $"{port}", "-k", scratch.Path, "-c", "fsync=off", "-c", "timezone=UTC");
        var server = new Server(
            Start(program[0], program.Skip(1)),
            $"Host=127.0.0.1;Port={port};Username=tests;Database=postgres",
            stop: () => RunAsync(AsServer("pg_ctl", "stop", "-D", data, "-m", "immediate")).GetAwaiter().GetResult());
        await ListeningAsync(port);
        await CreateTablesAsync(server.Address);
        return server;

        string[] AsServer(string name, params string[] arguments)
        {
            string[] own = [Path.Combine(programs, name), .. arguments];
            return Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", .. own] : own;
        }
    }

    protected override void UseServer(IClientBuilder client, string address) =>
        client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", address));

    private static async Task CreateTablesAsync(string address)
    {
        await using var source = NpgsqlDataSource.Create(address);
        using var script = new StreamReader(typeof(PostgresTests).Assembly.GetManifestResourceStream("Postgres.sql")!);
        await using var command = source.CreateCommand(await script.ReadToEndAsync());
        while (true)
        {
            try
            {
                await command.ExecuteNonQueryAsync();
                return;
            }
            catch (PostgresException starting) when (starting.SqlState == PostgresErrorCodes.CannotConnectNow)
            {
                await Task.Delay(20);
            }
        }
    }

    private static async Task RunAsync(params string[] program)
    {
        using var process = Process.Start(new ProcessStartInfo(program[0], program.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, $"{string.Join(' ', program)}: {await output}{await errors}");
    }
}
