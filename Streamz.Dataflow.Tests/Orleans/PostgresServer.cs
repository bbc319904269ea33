using System.Globalization;
using Npgsql;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>A PostgreSQL of a test's own, which has nothing to do with one that serves the system.</summary>
internal static class PostgresServer
{
    private const string Owner = "postgres";
    private const string Tables = "PostgresMembership.sql";

    public static string ConnectionString(int port) => $"Host=127.0.0.1;Port={port};Username=streamz;Database=postgres";

    /// <summary>Starts a server that has the tables and queries of Orleans's membership, or passes over the test where there is none.</summary>
    public static async Task<ChildProcess> StartAsync(int port, CancellationToken cancellation)
    {
        if (Programs() is not { } programs)
        {
            Assert.Ignore("There is no PostgreSQL here; on Debian the build installs it as root (package postgresql).");
            throw new InvalidOperationException();
        }

        var directory = Directory.CreateTempSubdirectory("streamz-").FullName;

        // It refuses to be run by root.
        var user = Environment.IsPrivilegedProcess ? Owner : null;
        if (user is not null)
        {
            await ChildProcess.RunAsync(["chown", user, directory], cancellation: cancellation);
        }

        var data = Path.Combine(directory, "data");
        await ChildProcess.RunAsync(
            [Path.Combine(programs, "initdb"), "-D", data, "-U", "streamz", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], directory, user, cancellation);

        // Killed it would leave its shared memory behind; asked to finish it would wait for its clients.
        var server = ChildProcess.Start(
            [Path.Combine(programs, "postgres"), "-D", data, "-h", "127.0.0.1", "-p", $"{port}", "-k", directory, "-c", "fsync=off"], directory, user, signal: "QUIT");
        try
        {
            await server.ReadyAsync<NpgsqlException>(() => CreateTablesAsync(port, cancellation), cancellation);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Debian's programs are not on the path, as several versions may be there.</summary>
    private static string? Programs()
    {
        const string Versions = "/usr/lib/postgresql";
        var installed = Directory.Exists(Versions) ? Directory.GetDirectories(Versions) : [];
        return installed
            .OrderByDescending(version => double.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Select(version => Path.Combine(version, "bin"))
            .Concat(Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [])
            .FirstOrDefault(path => File.Exists(Path.Combine(path, "postgres")) && File.Exists(Path.Combine(path, "initdb")));
    }

    private static async Task CreateTablesAsync(int port, CancellationToken cancellation)
    {
        using var script = new StreamReader(typeof(PostgresServer).Assembly.GetManifestResourceStream(Tables)!);
        await using var connection = new NpgsqlConnection(ConnectionString(port));
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(await script.ReadToEndAsync(cancellation), connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
